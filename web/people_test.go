package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hearth/access"
)

const secret = "a lamp beside the window"

// person is somebody with a browser of their own that has no script.
type person struct {
	h       *house
	cookies map[string]string
	agent   string
}

// owned is a house where people come in by their sessions, and its owner.
func owned(t *testing.T) (*house, *person) {
	t.Helper()
	h := open(t)
	h.actor = func(r *http.Request) (access.Actor, error) {
		by, _, err := h.access.SessionActor(r.Context(), h.access.Token(r))
		return by, err
	}
	token, err := h.access.SetUpLink(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	ann := h.stranger()
	ann.follow("/set-up", "token", token, "name", "ann", "full_name", "Ann Example", "password", secret)
	return h, ann
}

func (h *house) stranger() *person {
	return &person{h: h, cookies: map[string]string{}, agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
}

// invited is somebody whom another one lets in.
func (p *person) invited(name string, role access.Role) *person {
	p.h.t.Helper()
	by := p.acts()
	_, token, err := p.h.access.Invite(p.h.t.Context(), by, access.InvitationDraft{Role: role})
	if err != nil {
		p.h.t.Fatal(err)
	}
	other := p.h.stranger()
	other.follow("/invitation", "token", token, "name", name, "password", secret)
	return other
}

// acts is who the person is to the verbs.
func (p *person) acts() access.Actor {
	p.h.t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	p.dress(r)
	by, err := p.h.actor(r)
	if err != nil {
		p.h.t.Fatal(err)
	}
	return by
}

func (p *person) dress(r *http.Request) {
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	r.Header.Set("User-Agent", p.agent)
}

// ask sends a request and keeps the cookies of its answer.
func (p *person) ask(r *http.Request) (*http.Response, string) {
	p.h.t.Helper()
	p.dress(r)
	answer, body := p.h.ask(r)
	for _, c := range answer.Cookies() {
		if c.MaxAge < 0 {
			delete(p.cookies, c.Name)
			continue
		}
		p.cookies[c.Name] = c.Value
	}
	return answer, body
}

// sees is a page; a test fails where it is not there.
func (p *person) sees(path string) string {
	p.h.t.Helper()
	answer, body := p.gets(path)
	if answer.StatusCode != http.StatusOK {
		p.h.t.Fatalf("%s answers %d: %s", path, answer.StatusCode, body)
	}
	return body
}

func (p *person) gets(path string) (*http.Response, string) {
	p.h.t.Helper()
	return p.ask(httptest.NewRequest("GET", path, nil))
}

// sends a form of pairs.
func (p *person) sends(path string, pairs ...string) (*http.Response, string) {
	p.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.ask(r)
}

// follow sends a form and goes where the answer leads.
func (p *person) follow(path string, pairs ...string) string {
	p.h.t.Helper()
	answer, body := p.sends(path, pairs...)
	if answer.StatusCode != http.StatusSeeOther {
		p.h.t.Fatalf("%s answers %d: %s", path, answer.StatusCode, body)
	}
	to, _, _ := strings.Cut(answer.Header.Get("Location"), "#")
	if answer, body = p.gets(to); answer.StatusCode == http.StatusSeeOther {
		answer, body = p.gets(answer.Header.Get("Location"))
	}
	if answer.StatusCode != http.StatusOK {
		p.h.t.Fatalf("%s leads to %s, which answers %d: %s", path, to, answer.StatusCode, body)
	}
	return body
}
