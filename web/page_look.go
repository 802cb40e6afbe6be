package web

import (
	"net/http"
	"time"
)

// changeLook keeps how somebody likes to read, in this browser.
func (web *Web) changeLook(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	for _, name := range []string{"theme", "lang"} {
		value := form.Get(name)
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
	if v.account.User > 0 { // theirs in every browser
		p := v.account.Profile
		p.Theme, p.Language = form.Get("theme"), form.Get("lang")
		if err := web.o.Access.ChangeAccount(v.ctx(), v.by, v.account.Version, p); err != nil {
			return err
		}
	}
	return v.back(form.Get("back"))
}
