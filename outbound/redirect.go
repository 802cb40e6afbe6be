package outbound

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hearth"
)

const maxRedirects = 3

func checkURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return hearth.Errorf(hearth.Denied, "Hearth fetches http and https addresses only, not %q.", u.Scheme)
	}
	if u.Hostname() == "" {
		return hearth.Errorf(hearth.Invalid, "The address names no host.")
	}
	return nil
}

// harmless are the headers that go along to another origin. Everything else,
// known to be a secret or not, stays behind.
var harmless = []string{"Accept", "Accept-Language", "Accept-Encoding", "User-Agent", "Range"}

func checkRedirect(r *http.Request, via []*http.Request) error {
	if !reads(via[0]) {
		return hearth.Errorf(hearth.Denied, "The address redirects a %s request; it is not sent a second time.", via[0].Method)
	}
	if len(via) > maxRedirects {
		return hearth.Errorf(hearth.Unavailable, "The address redirects more than %d times.", maxRedirects)
	}
	if err := checkURL(r.URL); err != nil {
		return err
	}
	if r.URL.User != nil {
		return hearth.Errorf(hearth.Denied, "The address redirects to one with a password in it.")
	}
	r.Header.Del("Referer") // addresses carry secrets too
	home := origin(via[0].URL)
	if origin(r.URL) == home && !slices.ContainsFunc(via, func(v *http.Request) bool { return origin(v.URL) != home }) {
		return nil
	}
	for name := range r.Header {
		if !slices.Contains(harmless, name) {
			r.Header.Del(name)
		}
	}
	return nil
}

// reads says whether a request changes nothing, so that it may be sent twice.
func reads(r *http.Request) bool {
	return (r.Method == "" || r.Method == http.MethodGet || r.Method == http.MethodHead) && (r.Body == nil || r.Body == http.NoBody)
}

func origin(u *url.URL) string { return u.Scheme + "://" + address(u) }

// address is the host and port of a URL in one way of writing.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") + ":" + port
}
