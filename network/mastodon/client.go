package mastodon

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
	"hearth/outbound"
)

const (
	maxAnswer = 8 << 20
	maxWait   = 15 * time.Minute // for a rate limit
	maxTries  = 5                // waits for rate limits, for one answer
)

// client asks one server.
type client struct {
	s      *network.Session
	server *url.URL
	token  string
	call   time.Duration // how long an answer may take
	free   time.Time     // no call before this: the limit of calls is used up
}

// get asks the API and returns what is no answer 200 as an error.
func (c *client) get(ctx context.Context, path string, query url.Values) (string, error) {
	body, status, err := c.ask(ctx, path, query)
	if err == nil && status != http.StatusOK {
		err = c.refusal(status)
	}
	return body, err
}

// ask asks the API; it waits for rate limits. The body is that of status 200.
func (c *client) ask(ctx context.Context, path string, query url.Values) (body string, status int, err error) {
	for try := 0; ; try++ {
		if err := c.wait(ctx); err != nil {
			return "", 0, err
		}
		body, status, err := c.once(ctx, c.server.JoinPath(path).String()+"?"+query.Encode())
		if err != nil || status != http.StatusTooManyRequests || try == maxTries || !c.free.After(c.s.Clock()) {
			return body, status, err
		}
	}
}

func (c *client) once(ctx context.Context, address string) (body string, status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.call)
	defer cancel()
	response, err := c.do(ctx, address, "application/json")
	if err != nil {
		return "", 0, err
	}
	defer response.Body.Close()
	c.limits(response)
	if response.StatusCode != http.StatusOK {
		return "", response.StatusCode, nil
	}
	b, err := outbound.ReadAll(response.Body, maxAnswer)
	if err != nil {
		return "", 0, c.unreachable(err)
	}
	return string(b), http.StatusOK, nil
}

func (c *client) do(ctx context.Context, address, accept string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", accept)
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.s.HTTP.Do(r)
	if err != nil {
		return nil, c.unreachable(err)
	}
	return response, nil
}

// limits notes until when the server wants no more calls.
func (c *client) limits(r *http.Response) {
	now := c.s.Clock()
	sent, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		sent = now
	}
	wait := time.Duration(0)
	if r.Header.Get("X-RateLimit-Remaining") == "0" {
		if reset, ok := hearth.ParseTime(r.Header.Get("X-RateLimit-Reset")); ok {
			wait = reset.Sub(sent)
		}
	}
	if n, err := strconv.ParseInt(r.Header.Get("Retry-After"), 10, 32); err == nil {
		wait = max(wait, time.Duration(n)*time.Second)
	}
	if wait > 0 {
		c.free = now.Add(min(wait, maxWait))
	}
}

func (c *client) wait(ctx context.Context) error {
	return sleep(ctx, c.free.Sub(c.s.Clock()))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (c *client) unreachable(err error) error {
	var known *hearth.Error
	if errors.As(err, &known) {
		return known
	}
	return hearth.Errorf(hearth.Unavailable, "%s cannot be reached: %v.", c.server.Host, err)
}

// refusal is the error of a status; those that only a person can mend say so.
func (c *client) refusal(status int) error {
	host := c.server.Host
	switch status {
	case http.StatusUnauthorized:
		if c.token == "" {
			return hearth.Errorf(hearth.Denied, "%s shows this timeline only to its users; give the source an access token.", host)
		}
		return hearth.Errorf(hearth.Denied, "%s does not accept the access token (any more); make a new one.", host)
	case http.StatusForbidden, http.StatusUnprocessableEntity:
		return hearth.Errorf(hearth.Denied, "%s does not allow this account to read the timeline (HTTP status %d).", host, status)
	case http.StatusNotFound, http.StatusGone:
		return hearth.Errorf(hearth.Invalid, "%s has no such timeline (HTTP status %d).", host, status)
	}
	return hearth.Errorf(hearth.Unavailable, "%s answers with HTTP status %d.", host, status)
}

// streaming is where the server's event stream is, by its own description, else
// the server itself.
func (c *client) streaming(ctx context.Context) *url.URL {
	for _, path := range []string{"/api/v2/instance", "/api/v1/instance"} { // the second is all that many other servers have
		body, err := c.get(ctx, path, nil)
		if err != nil {
			continue
		}
		address := streamingAddress(body)
		u, err := parseServer("http" + strings.TrimPrefix(address, "ws"))
		if err == nil && strings.HasPrefix(address, "ws") && c.trusts(u) {
			return u
		}
	}
	return c.server
}

// trusts says whether another address may have our token: it is not sent in the
// clear, nor to somebody else.
func (c *client) trusts(u *url.URL) bool {
	if c.server.Scheme == "https" && u.Scheme != "https" {
		return false
	}
	home := c.server.Hostname()
	return c.token == "" || u.Hostname() == home || strings.HasSuffix(u.Hostname(), "."+home)
}

// streamingAddress is configuration.urls.streaming (version 2) or
// urls.streaming_api (version 1) of an instance.
func streamingAddress(body string) (address string) {
	var v value
	v.r.Reset(body)
	for ok := v.r.TryObject(); ok && v.r.Next(); {
		switch v.r.Key() {
		case "urls":
			address = v.member("streaming_api")
		case "configuration":
			for ok := v.r.TryObject(); ok && v.r.Next(); {
				if v.r.Key() == "urls" {
					address = v.member("streaming")
				}
			}
		}
	}
	return address
}
