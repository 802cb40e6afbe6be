package lemmy

import (
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "lemmy"

const maxCommunities = 10

// Network is Lemmy.
func Network() network.Network {
	return build(10*time.Second, timing{recheck: 10 * time.Minute, call: 30 * time.Second})
}

// timing is what tests cannot wait for.
type timing struct{ recheck, call, pace time.Duration }

// build is the network with intervals from a least one on.
func build(least time.Duration, w timing) network.Network {
	return network.Network{
		Name:  Name,
		Title: "Lemmy",
		Fields: []network.Field{
			{
				Name: "server", Title: "Server", Required: true, Check: func(v string) error { _, err := parseServer(v); return err },
				Help: "Address of the Lemmy server, like https://lemmy.example.",
			},
			{
				Name: "communities", Title: "Communities", Check: func(v string) error { _, err := communities(v); return err },
				Help: "Only these communities, separated by commas, like coffee or coffee@other.example; nothing means all of the scope.",
			},
			{
				Name: "scope", Title: "Scope", Default: "all", Choices: []string{"all", "local"},
				Help: "Without communities: all that the server knows, or only the communities that live on it (local).",
			},
			{
				Name: "kinds", Title: "What to read", Default: "all", Choices: []string{"all", "posts", "comments"},
				Help: "Posts, comments, or all of it.",
			},
			{
				Name: "token", Title: "Access token", Secret: true,
				Help: "Token (JWT) of an account on the server; needed only where the server shows nothing to strangers.",
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

// communities are those of a setting.
func communities(setting string) (list []string, err error) {
	for _, name := range strings.Split(setting, ",") {
		name = strings.TrimPrefix(strings.TrimSpace(name), "!")
		if name == "" {
			continue
		}
		if len(name) > 200 || strings.ContainsAny(name, " /?#") {
			return nil, hearth.Errorf(hearth.Invalid, "%q is not a community like coffee or coffee@other.example.", name)
		}
		list = append(list, strings.ToLower(name))
	}
	if len(list) > maxCommunities {
		return nil, hearth.Errorf(hearth.Invalid, "These are %d communities; one source reads at most %d. Add another source for the rest.", len(list), maxCommunities)
	}
	return list, nil
}
