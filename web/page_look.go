package web

import (
	"net/http"
	"time"

	"hearth"
)

// changeLook keeps how somebody likes to read, in this browser.
func (web *Web) changeLook(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return hearth.Errorf(hearth.Invalid, "This form could not be read; send it again.")
	}
	for _, name := range []string{"theme", "lang"} {
		value := v.r.PostForm.Get(name)
		if name == "lang" && web.words[value] == nil || name == "theme" && value != "" && value != "light" && value != "dark" {
			continue
		}
		c := &http.Cookie{
			Name: name, Value: value, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()), SameSite: http.SameSiteLaxMode,
			HttpOnly: true, Secure: v.r.TLS != nil,
		}
		if value == "" {
			c.MaxAge = -1
		}
		http.SetCookie(v.w, c)
	}
	return v.back(v.r.PostForm.Get("back"))
}
