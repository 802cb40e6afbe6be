package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// tour is a step of the way through the demo; or, with no step, the offer to
// show it, which stands on Home only, as it covers a corner of the page.
type tour struct {
	Step, Steps     int
	Before, After   string // addresses; "": there is none
	Title, Sentence string
	Back            string // where somebody goes on who wants no tour
}

// tourStops are the addresses of the steps, in the invented world of the demo.
// The step stands in the address, so the tour needs no script; its words are
// tour.N.title and tour.N.
var tourStops = []string{
	"/mentions?period=30d",
	"/mentions?period=30d&q=" + url.QueryEscape(`"ember one"`),
	"/monitors/new?q=" + url.QueryEscape("kaffora AND sentiment:negative"),
	"/compare",
	"/help",
}

// tourAt is the address of a step, from 1.
func tourAt(step int) string {
	if step < 1 || step > len(tourStops) {
		return ""
	}
	u, err := url.Parse(tourStops[step-1])
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("tour", strconv.Itoa(step))
	u.RawQuery = q.Encode()
	return u.String()
}

// tour is what the page shows of it; nil: nothing.
func (v *visit) tour() *tour {
	if !v.web.o.Demo || v.r.Method != http.MethodGet {
		return nil
	}
	back := *v.r.URL
	q := back.Query()
	q.Del("tour")
	back.RawQuery = q.Encode()
	t := &tour{Steps: len(tourStops), Back: back.RequestURI()}
	step := int(v.queryNumber("tour"))
	if step < 1 || step > len(tourStops) {
		if cookie(v.r, "toured") != "" || back.Path != "/" {
			return nil
		}
		t.After = tourAt(1)
		return t
	}
	t.Step, t.Before, t.After = step, tourAt(step-1), tourAt(step+1)
	n := strconv.Itoa(step)
	t.Title, t.Sentence = v.name("tour-title", n), v.name("tour-step", n)
	return t
}

// endTour remembers in this browser that somebody has seen enough.
func (web *Web) endTour(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: "toured", Value: "1", Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()), SameSite: http.SameSiteLaxMode,
		HttpOnly: true, Secure: v.r.TLS != nil,
	})
	return v.back(form.Get("back"))
}
