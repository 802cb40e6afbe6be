// Package twitter imports posts of X, once Twitter, from the files that its two
// APIs and its archives leave behind: version 1.1 (statuses alone, in arrays,
// in search answers, in archives that are scripts) and version 2 (pages and
// lines of data with includes, whichever of the two spellings of tweet and post
// they use).
//
// A repost carries the text of what it reposts. Entities of HTML in texts are
// resolved; shortened addresses stay in the text, their targets are the links.
package twitter

import (
	"html"
	"strings"
	"time"

	"hearth"
)

// Name is the network's name in posts.
const Name = "x"

// unescape resolves the three entities that the APIs put into texts, and any
// other.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(s)
}

// address is where a post can be seen; handle may be "".
func address(handle, id string) string {
	if handle == "" {
		handle = "i"
	}
	return "https://x.com/" + handle + "/status/" + id
}

func profile(handle string) string {
	if handle == "" {
		return ""
	}
	return "https://x.com/" + handle
}

// parseTime reads the time of version 2 and that of version 1.1.
func parseTime(s string) time.Time {
	if t, ok := hearth.ParseTime(s); ok {
		return t
	}
	for _, layout := range []string{time.RubyDate, "2006-01-02 15:04:05 -0700"} { // the second is that of old archives
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

func mediaType(s string) string {
	switch s {
	case "photo":
		return "image"
	case "video", "animated_gif":
		return "video"
	}
	return ""
}

func appendNew(list []string, s string) []string {
	const room = 200 // more than any list may hold; a longer one is refused by Check
	if s == "" || len(list) > room {
		return list
	}
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
