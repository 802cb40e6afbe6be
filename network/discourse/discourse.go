package discourse

import (
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "discourse"

// Network is Discourse.
func Network() network.Network {
	return build(10*time.Second, timing{recheck: 10 * time.Minute, call: 30 * time.Second, pace: 300 * time.Millisecond})
}

// timing is what tests cannot wait for.
type timing struct{ recheck, call, pace time.Duration }

// build is the network with intervals from a least one on.
func build(least time.Duration, w timing) network.Network {
	return network.Network{
		Name:  Name,
		Title: "Discourse",
		Fields: []network.Field{
			{
				Name: "server", Title: "Forum", Required: true, Check: func(v string) error { _, err := parseServer(v); return err },
				Help: "Address of the forum, like https://forum.example.",
			},
			{
				Name: "categories", Title: "Categories", Check: checkWords,
				Help: "Only these categories and those below them, separated by commas, by number or by the name in their address; nothing means all.",
			},
			{
				Name: "tags", Title: "Tags", Check: checkWords,
				Help: "Only topics with one of these tags, separated by commas; nothing means all.",
			},
			{
				Name: "key", Title: "API key", Secret: true,
				Help: "Key of the forum's API, or the personal key of a user (then without the user name); needed only where strangers may not read.",
			},
			{
				Name: "username", Title: "API user", Check: checkWords,
				Help: "Name of the user that the API key acts for; with a personal key leave it out.",
			},
			{
				Name: "interval", Title: "Interval", Default: "1m", Check: network.CheckInterval(least, time.Hour),
				Help: "How often to ask what is new.",
			},
		},
		Stream:   w.stream,
		Complete: complete,
		Decode:   decode,
		Search:   w.search,
	}
}

const maxWords = 20

func checkWords(setting string) error {
	list := words(setting)
	if len(list) > maxWords {
		return hearth.Errorf(hearth.Invalid, "These are %d; one source takes at most %d.", len(list), maxWords)
	}
	for _, w := range list {
		if len(w) > 100 || strings.ContainsAny(w, " /?#\r\n") {
			return hearth.Errorf(hearth.Invalid, "%q has a character that is not allowed.", w)
		}
	}
	return nil
}

// words are the parts of a list with commas, in lower case.
func words(setting string) (list []string) {
	for _, w := range strings.Split(setting, ",") {
		if w = strings.ToLower(strings.TrimSpace(w)); w != "" {
			list = append(list, w)
		}
	}
	return list
}
