package feed

import (
	"context"
	"encoding/hex"
	"net/url"
	"time"

	"hearth"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "feed"

// The bounds of intervals between two looks at a feed.
const (
	leastInterval = time.Minute
	mostInterval  = 24 * time.Hour
)

// Network is feeds.
func Network() network.Network { return build(leastInterval, time.Minute) }

// build is the network with intervals from a least one on and a time for
// loading a document.
func build(least, loading time.Duration) network.Network {
	interval := func(value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d < least || d > mostInterval {
			return hearth.Errorf(hearth.Invalid, "%q is not a time from %s to %s, like 15m.", value, least, mostInterval)
		}
		return nil
	}
	return network.Network{
		Name:  Name,
		Title: "Feeds (RSS, Atom, JSON Feed)",
		Fields: []network.Field{
			{
				Name: "url", Title: "Address", Required: true, Check: checkAddress,
				Help: "Address of the feed, or of a page that names its feed.",
			},
			{
				Name: "interval", Title: "Shortest interval", Default: "5m", Check: interval,
				Help: "The feed is asked no more often than this, even if it is busy or wants to be asked more.",
			},
			{
				Name: "longest", Title: "Longest interval", Default: "1h", Check: interval,
				Help: "A quiet feed is asked this often, unless its server wants to be asked less.",
			},
			{
				Name: "push", Title: "Pushes", Default: "auto", Choices: []string{"auto", "off"},
				Help: "auto lets the feed's hub push what is new (WebSub), where it has one and this server can be reached; off only asks.",
			},
			{
				Name: "push_secret", Title: "Secret of pushes", Secret: true, Make: func(random []byte) string { return hex.EncodeToString(random) },
				Help: "What pushes are signed with; made for you.",
			},
		},
		Stream: func(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
			return stream(ctx, s, from, loading, emit)
		},
		Decode: decode,
		Webhook: &network.Webhook{
			Verify: verifyPush, Answer: answerHub, Read: readPush, Keep: []string{"Content-Type"},
		},
	}
}

func checkAddress(value string) error {
	_, err := parseAddress(value)
	return err
}

// parseAddress reads the address of a page or feed.
func parseAddress(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || len(s) > 2048 {
		return nil, hearth.Errorf(hearth.Invalid, "%q is not an address like https://blog.example/feed.xml.", s)
	}
	return u, nil
}
