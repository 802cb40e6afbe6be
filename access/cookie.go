package access

import (
	"net/http"
	"strings"
)

// The cookies. On TLS their names bind them to the host and to TLS; on plain
// HTTP, where that is refused, they have other names.
const (
	sessionCookie = "hearth-session"
	deviceCookie  = "hearth-device"
	boundPrefix   = "__Host-"
	tripCookie    = "hearth-provider"
	deviceAge     = 365 * 24 * 60 * 60 // seconds
)

// secure says whether people reach Hearth by TLS, here or at the proxy before it.
func (a *Access) secure(r *http.Request) bool {
	return r.TLS != nil || strings.HasPrefix(a.o.Address, "https://")
}

func (a *Access) cookieName(r *http.Request, name string) string {
	if a.secure(r) {
		return boundPrefix + name
	}
	return name
}

func (a *Access) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(a.cookieName(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

func (a *Access) setCookie(w http.ResponseWriter, r *http.Request, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: a.cookieName(r, name), Value: value, Path: "/", MaxAge: age, Secure: a.secure(r), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// Token is the session token that a request brings; "": none.
func (a *Access) Token(r *http.Request) string { return a.cookie(r, sessionCookie) }

// SetEntry lets the browser keep the session and what it is recognised by.
func (a *Access) SetEntry(w http.ResponseWriter, r *http.Request, e Entry) {
	if e.Token != "" {
		a.setCookie(w, r, sessionCookie, e.Token, int(sessionLife.Seconds()))
	}
	if e.Device != "" {
		a.setCookie(w, r, deviceCookie, e.Device, deviceAge)
	}
}

// ClearEntry lets the browser forget the session.
func (a *Access) ClearEntry(w http.ResponseWriter, r *http.Request) {
	a.setCookie(w, r, sessionCookie, "", -1)
}

// Caller is who sends a request, before anybody knows who it is.
func (a *Access) Caller(r *http.Request) Caller {
	return Caller{Address: ClientAddress(r, a.o.Trusted), Agent: cut(r.UserAgent(), mostWord), Device: a.cookie(r, deviceCookie)}
}

// TripBrowser is what the browser keeps of a trip to a provider; "": nothing.
func (a *Access) TripBrowser(r *http.Request) string { return a.cookie(r, tripCookie) }

// SetTrip lets the browser keep, for as long as a trip may take, what it is
// recognised by when it comes back.
func (a *Access) SetTrip(w http.ResponseWriter, r *http.Request, browser string) {
	a.setCookie(w, r, tripCookie, browser, int(tripLife.Seconds()))
}
