package network

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/outbound"
)

// API asks the web API of one server: JSON, by GET, one answer at a time. It
// tries once: limits, retries and pauses are those of the session's client.
// Safe for concurrent use.
type API struct {
	Session *Session
	Base    *url.URL      // of the server; what is asked for lies below it
	Title   string        // of the server, in errors; "" is Base's host
	Header  http.Header   // goes along with each request, credentials for one
	Timeout time.Duration // for one answer; 0 is half a minute
	Most    int64         // bytes of an answer; 0 is 8 MiB
	Denied  string        // what a person can do when the server refuses (401, 403), in a sentence

	// Refused may say more about an answer that is not 200, by its status and the
	// beginning of its body; nil, the function or its error, is what Get says.
	Refused func(status int, body string) error
}

// Answer is what a server said with status 200.
type Answer struct {
	Body   string
	Header http.Header
}

// Get asks for a path below Base. The error is Denied for 401 and 403, NotFound
// for 404 and 410, and Unavailable for everything else that is no answer.
func (a *API) Get(ctx context.Context, path string, query url.Values) (Answer, error) {
	u := a.Base.JoinPath(path)
	q := a.Base.Query()
	for name, values := range query {
		q[name] = values
	}
	u.RawQuery = q.Encode()
	return a.get(ctx, u)
}

func (a *API) get(ctx context.Context, u *url.URL) (Answer, error) {
	timeout, most := a.Timeout, a.Most
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	if most == 0 {
		most = 8 << 20
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Answer{}, err
	}
	for name, values := range a.Header {
		r.Header[name] = values
	}
	r.Header.Set("Accept", "application/json")
	response, err := a.Session.HTTP.Do(r)
	if err != nil {
		return Answer{}, a.unreachable(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(io.LimitReader(response.Body, maxRefusal))
		if a.Refused != nil {
			if err := a.Refused(response.StatusCode, string(why)); err != nil {
				return Answer{}, err
			}
		}
		return Answer{}, a.refusal(response.StatusCode)
	}
	body, err := outbound.ReadAll(response.Body, most)
	if err != nil {
		return Answer{}, a.unreachable(err)
	}
	return Answer{Body: string(body), Header: response.Header}, nil
}

const maxRefusal = 16 << 10

func (a *API) title() string {
	if a.Title != "" {
		return a.Title
	}
	return a.Base.Host
}

func (a *API) unreachable(err error) error {
	var known *hearth.Error
	if errors.As(err, &known) {
		return known
	}
	return hearth.Errorf(hearth.Unavailable, "%s cannot be reached: %v.", a.title(), err)
}

func (a *API) refusal(status int) error {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return hearth.Errorf(hearth.Denied, "%s refuses to answer (HTTP status %d). %s", a.title(), status, a.Denied)
	case http.StatusNotFound, http.StatusGone:
		return hearth.Errorf(hearth.NotFound, "%s does not have what was asked for (HTTP status %d).", a.title(), status)
	case http.StatusTooManyRequests:
		return hearth.Errorf(hearth.Unavailable, "%s asks for patience (HTTP status 429).", a.title())
	}
	return hearth.Errorf(hearth.Unavailable, "%s answers with HTTP status %d.", a.title(), status)
}

// Unreadable is the error of an answer that is not what it should be.
func (a *API) Unreadable(problem error) error {
	return hearth.Errorf(hearth.Unavailable, "The answer of %s cannot be understood: %s", a.title(), Sentence(problem))
}

// ParseServer reads the address of a server as people give it: http or https,
// without user, query and fragment; one without a scheme is https. example is
// for the error, which is Invalid.
func ParseServer(s, example string) (*url.URL, error) {
	s = strings.TrimSuffix(strings.TrimSpace(s), "/")
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(s) > 300 {
		return nil, hearth.Errorf(hearth.Invalid, "%q is not an address like %s.", s, example)
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}
