package hackernews

import (
	"context"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "hackernews"

const publicServer = "https://hacker-news.firebaseio.com/v0"

// Network is Hacker News.
func Network() network.Network { return build(10*time.Second, callTimeout) }

// build is the network with intervals from a least one on and a time for one
// answer.
func build(least, call time.Duration) network.Network {
	return network.Network{
		Name:  Name,
		Title: "Hacker News",
		Fields: []network.Field{
			{
				Name: "server", Title: "Server", Default: publicServer, Check: func(v string) error { _, err := parseServer(v); return err },
				Help: "Address of the API.",
			},
			{
				Name: "search", Title: "Search", Default: publicSearch, Check: func(v string) error { _, err := parseServer(v); return err },
				Help: "Address of the API that is asked for the past.",
			},
			{
				Name: "kinds", Title: "What to read", Default: "all", Choices: []string{"all", "stories", "comments"},
				Help: "Stories (with jobs and polls), comments, or all of it.",
			},
			{
				Name: "interval", Title: "Interval", Default: "30s", Check: func(v string) error {
					if d, err := time.ParseDuration(v); err != nil || d < least || d > time.Hour {
						return hearth.Errorf(hearth.Invalid, "%q is not a time from %s to an hour, like 30s.", v, least)
					}
					return nil
				},
				Help: "How often to ask what is new.",
			},
		},
		Stream: func(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
			return stream(ctx, s, from, call, emit)
		},
		Search: func(ctx context.Context, s *network.Session, want network.Wanted, from network.Cursor, emit func(*network.Batch) error) error {
			return search(ctx, s, want, from, call, emit)
		},
		Complete: complete,
		Decode:   decode,
	}
}

func parseServer(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" {
		return nil, hearth.Errorf(hearth.Invalid, "%q is not an address like %s.", s, publicServer)
	}
	return u, nil
}

// decode is network.Network.Decode.
func decode(raw []byte, b *network.Batch) {
	i, problem := readItem(string(raw))
	ev := b.Add()
	if problem == "" && i.isPost() && !i.gone() {
		problem = i.fill(ev)
		if problem == "" {
			return
		}
	}
	b.Drop()
	if problem != "" {
		b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: problem})
	}
}

// complete is network.Network.Complete: it finds the first post of a comment's
// thread.
func complete(ctx context.Context, s *network.Session, posts []*hearth.Post) {
	c, err := newClient(s)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, completeTimeout)
	defer cancel()
	for _, p := range posts {
		if p.InReplyTo != "" && p.Root == "" && ctx.Err() == nil {
			p.Root = c.root(ctx, p.InReplyTo)
		}
	}
}

const (
	completeTimeout = 10 * time.Second
	maxWalk         = 40 // replies above a reply
)

// root walks up from an item to the first of its thread; "" if that cannot be
// found.
func (c *client) root(ctx context.Context, id string) string {
	walked := []string{}
	root := ""
	for root == "" && len(walked) < maxWalk {
		if k, ok := c.recall(id); ok && k.root != "" {
			root = k.root
			break
		}
		walked = append(walked, id)
		raw, err := c.get(ctx, "item/"+url.PathEscape(id))
		if err != nil {
			return ""
		}
		i, problem := readItem(raw)
		switch {
		case problem != "" || i.null:
			return ""
		case i.parent == "":
			root = id
		}
		id = i.parent
	}
	if root == "" {
		return ""
	}
	for _, id := range walked {
		k, _ := c.recall(id)
		k.root = root
		c.remember(id, k)
	}
	return root
}
