package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
)

// accountPage is who somebody is here, and how they sign in.
type accountPage struct {
	Done     string
	Name     string // to sign in with
	Places   []accountPlace
	Me       *fieldset
	Password *fieldset
	Has      bool // a password
	App      bool // an authenticator app is set up
	Codes    int64
	Few      bool // codes are running out
	Passkeys passkeyPart
	Devices  *devicePart
	Known    []identityRow // at providers
	More     []access.Door // providers that can be connected
	Sessions []sessionRow
	Others   int
}

// accountPlace is a workspace to which somebody may go.
type accountPlace struct{ Name, Role string }

// sessionRow is a browser in which somebody is signed in.
type sessionRow struct {
	ID      int64
	Browser string
	Agent   string // what it says of itself
	Address string
	Method  string
	Here    bool
	Seen    moment
	Created moment
}

// accountPath is where one's own account is.
const accountPath = "/settings/account"

// fewCodes is when somebody should make new recovery codes.
const fewCodes = 3

// accountPage is the page of one's own account.
func (web *Web) accountPage(v *visit) error { return v.showAccount(http.StatusOK, nil, nil) }

// showAccount shows the account; forms that were not taken stand in the place of
// fresh ones.
func (v *visit) showAccount(status int, me, password *fieldset) error {
	return v.showAccountWith(status, accountParts{Me: me, Password: password})
}

// accountParts are forms that were not taken, and what was wrong with a passkey
// or a device.
type accountParts struct {
	Me, Password    *fieldset
	Passkey, Device string
}

// showAccountWith shows the account with what was not taken.
func (v *visit) showAccountWith(status int, w accountParts) error {
	a, err := v.web.o.Access.Account(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &accountPage{Name: shorten(64, a.Name), Me: w.Me, Password: w.Password, Has: a.Password, App: a.TOTP, Codes: a.RecoveryCodes, Few: a.TOTP && a.RecoveryCodes <= fewCodes}
	if did := v.query("did"); slices.Contains([]string{"saved", "password", "app-off", "ended", "ended-others", "passkey", "passkey-named", "passkey-out", "device", "device-out", "device-test", "connected", "disconnected"}, did) {
		p.Done = v.name("account-did", did)
	}
	for _, w := range a.Workspaces {
		p.Places = append(p.Places, accountPlace{shorten(60, w.Name), v.name("role", string(w.Role))})
	}
	if p.Me == nil {
		p.Me = v.profileForm(&a)
	}
	if p.Password == nil {
		p.Password = v.passwordForm(a.Password)
	}
	if p.Passkeys, err = v.passkeys(w.Passkey); err != nil {
		return err
	}
	if p.Devices, err = v.devices(accountPath, w.Device); err != nil {
		return err
	}
	if p.Known, p.More, err = v.identities(); err != nil {
		return err
	}
	known, err := v.web.o.Access.Identities(v.ctx(), v.by)
	if err != nil {
		return err
	}
	list, err := v.web.o.Access.Sessions(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, s := range list {
		row := sessionRow{
			ID: int64(s.ID), Agent: shorten(256, s.Device), Address: shorten(45, s.Address), Here: s.ID == v.by.Session, Seen: v.when(s.Seen), Created: v.when(s.Created),
			Method: v.methodName(s.Method, known),
		}
		row.Browser = v.browser(s.Device)
		if p.Sessions = append(p.Sessions, row); !row.Here {
			p.Others++
		}
	}
	return v.showAt(status, "account", v.name("settings-title", "account"), p)
}

func (v *visit) profileForm(a *access.Account) *fieldset {
	p := &a.Profile
	languages := []choice{{"", v.say("account.as-browser"), p.Language == ""}}
	for _, lang := range v.shellLanguages() {
		languages = append(languages, choice{lang.Value, lang.Label, lang.Value == p.Language})
	}
	themes := []choice{}
	for _, theme := range []string{"", "light", "dark"} {
		themes = append(themes, choice{theme, v.name("theme", "as-"+theme), theme == p.Theme})
	}
	return &fieldset{
		ID: "me", Action: "/settings/account", Hidden: []doorField{{Name: "version", Value: strconv.FormatInt(a.Version, 10)}},
		Submit: v.say("act.save"), Icon: "save",
		Fields: []input{
			{Name: "full_name", Label: v.name("door-field", "full_name"), Value: p.FullName, Complete: "name", Required: true, Max: 100},
			{Name: "mail", Label: v.name("door-field", "mail"), Value: p.Mail, Type: "email", Complete: "email", Help: v.say("account.mail.help"), Max: 254},
			{Name: "language", Label: v.say("look.language"), Choices: languages},
			{Name: "zone", Label: v.say("account.zone"), Value: p.Zone, Offers: zones, Help: v.say("account.zone.help", "zone", v.zone.String()), Max: 64},
			{Name: "theme", Label: v.say("look.theme"), Choices: themes},
		},
	}
}

func (v *visit) passwordForm(has bool) *fieldset {
	f := &fieldset{ID: "password", Action: "/settings/account/password", Submit: v.say("account.password.change"), Icon: "lock"}
	if has {
		f.Fields = append(f.Fields, input{Name: "old", Label: v.say("account.password.old"), Type: "password", Complete: "current-password", Required: true})
	}
	f.Fields = append(f.Fields, input{Name: "password", Label: v.say("account.password.new"), Type: "password", Complete: "new-password", Required: true, Help: v.say("account.password.help")})
	return f
}

// saveAccount keeps who somebody is.
func (web *Web) saveAccount(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "This form is too old; open your account again.")
	}
	err = web.o.Access.ChangeAccount(v.ctx(), v.by, version, access.Profile{
		FullName: form.Get("full_name"), Mail: form.Get("mail"), Language: form.Get("language"), Zone: strings.TrimSpace(form.Get("zone")), Theme: form.Get("theme"),
	})
	if err != nil {
		f := v.profileForm(&v.account)
		if status, shown := f.refused(err, form); shown {
			return v.showAccount(status, f, nil)
		}
		return err
	}
	for _, name := range []string{"lang", "theme"} { // what was chosen in this browser before says nothing any more
		http.SetCookie(v.w, &http.Cookie{Name: name, Path: "/", MaxAge: -1})
	}
	return v.back("/settings/account?did=saved")
}

// changePassword gives somebody another password; the browser goes on with a new
// session.
func (web *Web) changePassword(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	token, err := web.o.Access.ChangePassword(v.ctx(), v.by, form.Get("old"), form.Get("password"))
	if err != nil {
		f := v.passwordForm(v.account.Password)
		old, why := faultOf(err)
		if hearth.ErrorCode(err) == hearth.Denied && old == "password" { // it is the old one that is wrong
			err = &hearth.Error{Code: hearth.Denied, Field: "old", Message: why}
		}
		if status, shown := f.refused(err, form); shown {
			return v.showAccount(status, nil, f)
		}
		return err
	}
	web.o.Access.SetEntry(v.w, v.r, access.Entry{Token: token})
	return v.back("/settings/account?did=password")
}

// endSessions signs somebody out in one browser, or in all others.
func (web *Web) endSessions(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if form.Get("do") == "others" {
		if err := web.o.Access.EndOtherSessions(v.ctx(), v.by); err != nil {
			return err
		}
		return v.back("/settings/account?did=ended-others#sessions")
	}
	id, err := strconv.ParseInt(form.Get("id"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.NotFound, "There is no such session.")
	}
	if err := web.o.Access.EndSession(v.ctx(), v.by, access.SessionID(id)); err != nil {
		return err
	}
	return v.back("/settings/account?did=ended#sessions")
}

// appPage is an authenticator app that is to be set up, or the recovery codes
// that come with it.
type appPage struct {
	Picture qrPicture
	Secret  string // in groups, for who types it
	Form    *fieldset
	Codes   []string // shown once
}

// setUpApp makes the secret of an app and shows it as a picture.
func (web *Web) setUpApp(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	n, err := web.o.Access.BeginAuthenticator(v.ctx(), v.by)
	if err != nil {
		return err
	}
	return v.showApp(http.StatusOK, n.Address, v.appForm(n.Ticket, n.Address))
}

func (v *visit) appForm(ticket, address string) *fieldset {
	return &fieldset{
		ID: "app", Action: "/settings/account/app/on", Hidden: []doorField{{Name: "ticket", Value: ticket}, {Name: "address", Value: address}},
		Submit: v.say("account.app.on"), Icon: "check", Cancel: "/settings/account",
		Fields: []input{{Name: "code", Label: v.name("door-field", "code"), Complete: "one-time-code", Required: true, Max: 20, Help: v.say("account.app.code.help")}},
	}
}

func (v *visit) showApp(status int, address string, f *fieldset) error {
	picture, err := newQR(address)
	if err != nil {
		return hearth.Errorf(hearth.Invalid, "This set-up of an app cannot be read; begin it again.")
	}
	p := &appPage{Picture: picture, Form: f}
	if u, err := url.Parse(address); err == nil {
		p.Secret = inGroups(u.Query().Get("secret"))
	}
	return v.showAt(status, "account-app", v.say("account.app"), p)
}

// appOn sets the app up by a code of it, and shows the recovery codes.
func (web *Web) appOn(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	codes, token, err := web.o.Access.EnableAuthenticator(v.ctx(), v.by, form.Get("ticket"), strings.ReplaceAll(form.Get("code"), " ", ""))
	if err != nil {
		f := v.appForm(form.Get("ticket"), form.Get("address"))
		if field, _ := faultOf(err); field != "code" {
			return err
		}
		if status, shown := f.refused(err, form); shown {
			return v.showApp(status, form.Get("address"), f)
		}
		return err
	}
	web.o.Access.SetEntry(v.w, v.r, access.Entry{Token: token})
	return v.showAt(http.StatusOK, "account-app", v.say("account.codes"), &appPage{Codes: codes})
}

// appOff takes the app away.
func (web *Web) appOff(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	token, err := web.o.Access.DisableAuthenticator(v.ctx(), v.by)
	if err != nil {
		return err
	}
	web.o.Access.SetEntry(v.w, v.r, access.Entry{Token: token})
	return v.back("/settings/account?did=app-off")
}

// inGroups writes a secret so that it can be typed.
func inGroups(s string) string {
	var b strings.Builder
	for i, r := range shorten(64, s) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
