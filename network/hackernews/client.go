package hackernews

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/network"
	"hearth/outbound"
)

const (
	maxAnswer   = 4 << 20
	callTimeout = 30 * time.Second
)

// client asks the API.
type client struct {
	s      *network.Session
	server *url.URL
	call   time.Duration // for one answer, at most
}

func newClient(s *network.Session) (*client, error) {
	server, err := parseServer(s.Settings["server"])
	return &client{s: s, server: server, call: callTimeout}, err
}

// get asks for one thing: the answer's JSON.
func (c *client) get(ctx context.Context, what string) (string, error) {
	return c.ask(ctx, c.server.JoinPath(what+".json"))
}

func (c *client) ask(ctx context.Context, address *url.URL) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.call)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept", "application/json")
	response, err := c.s.HTTP.Do(r)
	if err != nil {
		return "", unreachable(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", hearth.Errorf(hearth.Unavailable, "Hacker News answers with HTTP status %d.", response.StatusCode)
	}
	b, err := outbound.ReadAll(response.Body, maxAnswer)
	if err != nil {
		return "", unreachable(err)
	}
	if bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("<")) {
		return "", hearth.Errorf(hearth.Unavailable, "What answers in the place of Hacker News is a page (HTML): a proxy, or a network that wants a login.")
	}
	return string(b), nil
}

func unreachable(err error) error {
	var known *hearth.Error
	if errors.As(err, &known) {
		return known
	}
	return hearth.Errorf(hearth.Unavailable, "Hacker News cannot be reached: %v.", err)
}

// known is what is remembered of an item: the version that was given out, who
// wrote it and where its thread begins.
type known struct{ version, by, root string }

func (c *client) recall(id string) (k known, ok bool) {
	s, ok := c.s.Cache.Get("hackernews " + id)
	if !ok {
		return k, false
	}
	k.version, s, _ = strings.Cut(s, " ")
	k.by, k.root, _ = strings.Cut(s, " ")
	return k, true
}

func (c *client) remember(id string, k known) {
	c.s.Cache.Put("hackernews "+id, k.version+" "+k.by+" "+k.root)
}
