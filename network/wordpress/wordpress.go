package wordpress

import (
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "wordpress"

// Network is WordPress.
func Network() network.Network {
	return build(time.Minute, timing{recheck: 30 * time.Minute, call: 30 * time.Second, pace: 300 * time.Millisecond})
}

// timing is what tests cannot wait for.
type timing struct{ recheck, call, pace time.Duration }

// build is the network with intervals from a least one on.
func build(least time.Duration, w timing) network.Network {
	return network.Network{
		Name:  Name,
		Title: "WordPress comments",
		Fields: []network.Field{
			{
				Name: "site", Title: "Site", Required: true, Check: func(v string) error { _, err := parseSite(v); return err },
				Help: "Address of the site, like https://blog.example.",
			},
			{
				Name: "articles", Title: "Articles", Check: checkArticles,
				Help: "Only comments on these articles, by number, separated by commas; nothing means all.",
			},
			{
				Name: "status", Title: "Which comments", Default: "approved", Choices: []string{"approved", "all"},
				Help: "Only approved comments, or also those that wait for approval (all); that needs a user who may moderate.",
			},
			{
				Name: "username", Title: "User name", Check: checkUser,
				Help: "Name of a user of the site, where strangers may not read the comments.",
			},
			{
				Name: "password", Title: "Application password", Secret: true,
				Help: "An application password of that user, made on the user's profile page; not the password to sign in with.",
			},
			{
				Name: "interval", Title: "Interval", Default: "5m", Check: network.CheckInterval(least, 24*time.Hour),
				Help: "How often to ask what is new.",
			},
		},
		Stream: w.stream,
		Decode: decode,
		Search: w.search,
	}
}

func checkUser(v string) error {
	if strings.ContainsAny(v, ":\r\n") || len(v) > 100 {
		return hearth.Errorf(hearth.Invalid, "%q has a character that is not allowed.", v)
	}
	return nil
}

func checkArticles(v string) error {
	list := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	for _, n := range list {
		if len(n) > 15 || strings.Trim(n, "0123456789") != "" {
			return hearth.Errorf(hearth.Invalid, "%q is not the number of an article.", n)
		}
	}
	if len(list) > 100 {
		return hearth.Errorf(hearth.Invalid, "These are %d articles; one source takes at most 100.", len(list))
	}
	return nil
}
