package web

import "strings"

// browser names a browser by what it says of itself, as "Firefox on Linux". It
// is a help for people who look through their sessions; nothing rests on it.
func (v *visit) browser(agent string) string {
	program := firstIn(agent, "Edg/", "Edge", "OPR/", "Opera", "Vivaldi/", "Vivaldi", "SamsungBrowser/", "Samsung Internet", "Firefox/", "Firefox", "FxiOS/", "Firefox",
		"HeadlessChrome/", "Chrome", "CriOS/", "Chrome", "Chrome/", "Chrome", "Safari/", "Safari")
	system := firstIn(agent, "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	switch {
	case program != "" && system != "":
		return v.say("account.browser", "program", program, "system", system)
	case program+system != "":
		return program + system
	case strings.TrimSpace(agent) == "":
		return v.say("account.browser.unknown")
	}
	return shorten(40, agent)
}

// firstIn is the name that stands behind the first mark that the text holds.
func firstIn(text string, marksAndNames ...string) string {
	for i := 0; i+1 < len(marksAndNames); i += 2 {
		if strings.Contains(text, marksAndNames[i]) {
			return marksAndNames[i+1]
		}
	}
	return ""
}
