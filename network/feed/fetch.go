package feed

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
)

const (
	maxDocument  = 10 << 20 // bytes, after decompression
	maxRedirects = 5
	accept       = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)

// answer is what a server said.
type answer struct {
	unchanged      bool
	body           []byte
	cut            bool // there is more of it than maxDocument
	contentType    string
	from           *url.URL // where it was found in the end
	etag, modified string
	hub            hub           // that the headers name
	atLeast        time.Duration // the server wants to be left alone for this long
}

// load loads the feed, from where it was found last time, or finds it. What it
// learns about the place goes into m.
func load(ctx context.Context, client *http.Client, address *url.URL, m *memory) (answer, error) {
	at := address
	if m.at != "" {
		if u, err := parseAddress(m.at); err == nil {
			at = u
		}
	}
	a, err := get(ctx, client, at, m)
	if err != nil || a.unchanged || !isPage(&a) {
		if err != nil && at != address {
			m.forget() // the next look begins at the address again
		}
		return a, err
	}
	feed := find(a.body, a.contentType, a.from)
	if feed == nil || at != address {
		m.forget()
		return answer{}, hearth.Errorf(hearth.Unavailable, "The address gives a page (HTML) that names no feed.")
	}
	m.forget()
	m.at = feed.String()
	a, err = get(ctx, client, feed, m)
	if err == nil && isPage(&a) {
		m.forget()
		err = hearth.Errorf(hearth.Unavailable, "What the page names as its feed is a page (HTML) again.")
	}
	return a, err
}

// forget forgets where the feed is and what its server said of it.
func (m *memory) forget() { m.at, m.etag, m.modified = "", "", "" }

// get asks for one address.
func get(ctx context.Context, client *http.Client, at *url.URL, m *memory) (a answer, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return a, err
	}
	r.Header.Set("Accept", accept)
	if m.etag != "" {
		r.Header.Set("If-None-Match", m.etag)
	}
	if m.modified != "" {
		r.Header.Set("If-Modified-Since", m.modified)
	}
	moved := true // for good, all the way
	watching := *client
	watching.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return hearth.Errorf(hearth.Unavailable, "The address redirects more than %d times.", maxRedirects)
		}
		status := next.Response.StatusCode
		moved = moved && (status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect)
		if client.CheckRedirect != nil {
			return client.CheckRedirect(next, via)
		}
		return nil
	}
	response, err := watching.Do(r)
	if err != nil {
		return a, unreachable(err)
	}
	defer response.Body.Close()
	a = answer{contentType: response.Header.Get("Content-Type"), from: response.Request.URL, atLeast: leaveAlone(response.Header), hub: linkHeaders(response.Header)}
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotModified:
		a.unchanged = true
		return a, nil
	default:
		return a, refusal(response.StatusCode)
	}
	if a.from.String() != at.String() && moved {
		m.at = a.from.String()
	}
	if e := response.Header.Get("ETag"); len(e) <= maxValidator {
		a.etag = e
	}
	if t := response.Header.Get("Last-Modified"); len(t) <= maxValidator {
		a.modified = t
	}
	if err := a.read(response.Body); err != nil {
		return a, err
	}
	if len(a.body) > maxDocument {
		a.body, a.cut = a.body[:maxDocument], true
	}
	return a, nil
}

// firstLook is how much of a document is judged before the rest is loaded.
const firstLook = 256 << 10

// read reads the body. A document that shows in its beginning that it is no
// honest feed is not loaded further.
func (a *answer) read(body io.Reader) (err error) {
	if a.body, err = io.ReadAll(io.LimitReader(body, firstLook)); err != nil {
		return unreachable(err)
	}
	if len(a.body) < firstLook {
		return nil
	}
	if !isPage(a) && bytes.HasPrefix(bytes.TrimLeft(a.body, " \t\r\n\ufeff"), []byte("<")) {
		if _, err := scan(string(a.body)); err != nil {
			return err
		}
	}
	rest, err := io.ReadAll(io.LimitReader(body, maxDocument+1-firstLook))
	if err != nil {
		return unreachable(err)
	}
	a.body = append(a.body, rest...)
	return nil
}

// leaveAlone is how long the server wants no further request, by Retry-After
// (RFC 9110, 10.2.3) and Cache-Control's max-age.
func leaveAlone(h http.Header) (d time.Duration) {
	if after := h.Get("Retry-After"); after != "" {
		if n, ok := wholeNumber(after); ok {
			d = time.Duration(min(n, 1<<20)) * time.Second
		} else if t, err := http.ParseTime(after); err == nil {
			if sent, err := http.ParseTime(h.Get("Date")); err == nil {
				d = t.Sub(sent)
			}
		}
	}
	for _, directive := range strings.Split(h.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if !strings.EqualFold(name, "max-age") {
			continue
		}
		if n, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32); err == nil {
			d = max(d, time.Duration(n)*time.Second)
		}
	}
	return min(max(d, 0), mostInterval)
}

// refusal is the error of an HTTP status.
func refusal(status int) error {
	switch status {
	case http.StatusGone:
		return hearth.Errorf(hearth.Invalid, "The feed is gone for good, says its server (HTTP status 410). Remove the source or give it another address.")
	case http.StatusUnauthorized:
		return hearth.Errorf(hearth.Denied, "The feed's server asks for a password (HTTP status 401).")
	case http.StatusNotFound:
		return hearth.Errorf(hearth.NotFound, "There is no feed at this address (HTTP status 404).")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return hearth.Errorf(hearth.Unavailable, "The feed's server asks for patience (HTTP status %d).", status)
	}
	return hearth.Errorf(hearth.Unavailable, "The feed's server answers with HTTP status %d.", status)
}

// unreachable is the error of a request without an answer.
func unreachable(err error) error {
	var known *hearth.Error
	if errors.As(err, &known) {
		return known
	}
	return hearth.Errorf(hearth.Unavailable, "The feed cannot be loaded: %v.", err)
}

// isPage says whether the answer is HTML.
func isPage(a *answer) bool {
	start := strings.ToLower(strings.TrimLeft(string(a.body[:min(len(a.body), 1024)]), " \t\r\n\ufeff"))
	if strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		return true
	}
	kind, _, err := mime.ParseMediaType(a.contentType)
	return err == nil && kind == "text/html" && !strings.HasPrefix(start, "<?xml") && !strings.HasPrefix(start, "<rss") &&
		!strings.HasPrefix(start, "<feed") && !strings.HasPrefix(start, "<rdf") && !strings.HasPrefix(start, "{")
}
