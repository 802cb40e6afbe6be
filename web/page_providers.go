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

const providersPath = "/settings/sign-in"

// providersPage is by what people sign in.
type providersPage struct {
	Done     *undo
	Rows     []providerRow
	None     *emptyState
	Password bool
	CanOff   bool   // an owner came in by a provider that is on
	Nowhere  string // why providers cannot send anybody back
}

// providerRow is a provider of the list.
type providerRow struct {
	Link, Name, Issuer string
	On, Tried          bool
	Proved             moment
}

func (web *Web) providers(v *visit) error {
	list, err := web.o.Access.Providers(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &providersPage{Done: v.providersDone()}
	if p.Password, err = web.o.Access.PasswordSignIn(v.ctx(), v.by); err != nil {
		return err
	}
	for _, one := range list {
		row := providerRow{Link: providersPath + "/" + one.ID.String(), Name: shorten(60, one.Name), Issuer: shorten(120, one.Issuer), On: one.Enabled, Tried: !one.Proved.IsZero()}
		if row.Tried {
			row.Proved = v.when(one.Proved)
		}
		p.CanOff = p.CanOff || row.On && row.Tried
		p.Rows = append(p.Rows, row)
		if one.Callback == "" {
			p.Nowhere = v.say("providers.nowhere")
		}
	}
	if len(p.Rows) == 0 {
		p.None = &emptyState{
			Title: v.say("providers.none.title"), Sentence: v.say("providers.none.sentence"), Action: v.say("providers.new"), Link: providersPath + "/new",
			Example: "hearth provider add Acme https://login.acme.example CLIENT-ID --secret-file FILE",
		}
	}
	return v.show("providers", v.name("settings-title", "sign-in"), p)
}

// providersDone says what was just done, and takes it back.
func (v *visit) providersDone() *undo {
	did := v.query("did")
	switch did {
	case "saved", "removed", "passwords-off":
		return &undo{Sentence: v.name("providers-did", did)}
	case "on", "off":
		back := map[string]string{"on": "off", "off": "on"}[did]
		return &undo{Sentence: v.name("providers-did", did), Action: providersPath + "/" + strconv.FormatInt(v.queryNumber("id"), 10) + "/act", Fields: []doorField{{Name: "do", Value: back}}}
	case "passwords-on":
		return &undo{Sentence: v.name("providers-did", did)}
	}
	return nil
}

// setPasswords says whether people may sign in by password.
func (web *Web) setPasswords(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	on := form.Get("passwords") == "on"
	if err := web.o.Access.SetPasswordSignIn(v.ctx(), v.by, on); err != nil {
		return err
	}
	if on {
		return v.back(providersPath + "?did=passwords-on")
	}
	return v.back(providersPath + "?did=passwords-off")
}

// providerPage is a provider that is set up, or is to be.
type providerPage struct {
	ID       string // "": it is to be
	Name     string
	On       bool
	Version  int64
	Issuer   string
	Callback string
	Nowhere  string
	Form     *fieldset
	Done     *undo
	Trial    *providerTrial
}

// providerTrial is what a provider said of itself.
type providerTrial struct {
	Wrong, Detail string
	Said          []auditChange // name and value
	Keys          int
}

func (web *Web) newProvider(v *visit) error {
	if err := v.by.CheckFresh(v.now); err != nil {
		return err // first, so that no secret is typed in vain
	}
	p := v.providerPage(nil)
	return v.showAt(http.StatusOK, "provider", v.say("providers.new"), p)
}

func (v *visit) findProvider(id string) (p access.Provider, err error) {
	n, err := idOf(id, "There is no such provider.")
	if err != nil {
		return p, err
	}
	list, err := v.web.o.Access.Providers(v.ctx(), v.by)
	for _, p := range list {
		if int64(p.ID) == n {
			return p, nil
		}
	}
	if err == nil {
		err = hearth.Errorf(hearth.NotFound, "There is no such provider.")
	}
	return p, err
}

func (web *Web) provider(v *visit) error {
	one, err := v.findProvider(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	p := v.providerPage(&one)
	return v.showAt(http.StatusOK, "provider", p.Name, p)
}

// providerPage is the page of a provider; nil: of one that is to be.
func (v *visit) providerPage(one *access.Provider) *providerPage {
	p := &providerPage{Name: v.say("providers.new"), Done: v.providersDone()}
	if one == nil {
		one = &access.Provider{ProviderDraft: access.ProviderDraft{Terms: access.Terms{Scopes: []string{"email", "profile"}}}}
		one.Callback = v.web.o.Access.Callback()
	} else {
		p.ID, p.Name, p.On, p.Version, p.Issuer = one.ID.String(), shorten(60, one.Name), one.Enabled, one.Version, shorten(500, one.Issuer)
	}
	if p.Callback = one.Callback; p.Callback == "" {
		p.Nowhere = v.say("providers.nowhere")
	}
	p.Form = v.providerForm(one)
	return p
}

func (v *visit) providerForm(one *access.Provider) *fieldset {
	fresh := one.ID == 0
	f := &fieldset{ID: "provider", Action: providersPath, Submit: v.say("act.save"), Icon: "save", Cancel: providersPath}
	field := func(in input) {
		in.Label = v.name("provider-field", in.Name)
		f.Fields = append(f.Fields, in)
	}
	field(input{Name: "name", Value: one.Name, Help: v.say("providers.name.help"), Required: true, Max: 100})
	if fresh {
		field(input{Name: "issuer", Help: v.say("providers.issuer.help"), Required: true, Max: 500, Type: "url"})
	} else {
		f.Action = providersPath + "/" + one.ID.String()
		f.Hidden = []doorField{{Name: "version", Value: strconv.FormatInt(one.Version, 10)}}
	}
	field(input{Name: "client_id", Value: one.ClientID, Required: true, Max: 500})
	secret := v.say("providers.secret.help")
	if one.HasSecret {
		secret = v.say("providers.secret.kept")
	}
	field(input{Name: "secret", Type: "password", Complete: "new-password", Help: secret})
	replace := []choice{{"public", v.say("providers.public"), !fresh && !one.HasSecret}}
	if one.HasSecret {
		replace = []choice{{"replace", v.say("providers.replace"), false}}
	}
	field(input{Name: "client", Several: replace})
	field(input{Name: "scopes", Value: strings.Join(one.Scopes, " "), Help: v.say("providers.scopes.help")})
	roles := []choice{{"", v.say("providers.admit.nobody"), one.Admit == ""}}
	for _, role := range access.Roles() {
		if role != access.Owner {
			roles = append(roles, choice{string(role), v.say("providers.admit.as", "role", v.name("role", string(role))), role == one.Admit})
		}
	}
	field(input{Name: "admit", Choices: roles, Help: v.say("providers.admit.help")})
	field(input{Name: "domains", Value: strings.Join(one.Domains, " "), Help: v.say("providers.domains.help"), Max: 4000})
	field(input{Name: "claim", Value: one.Claim, Help: v.say("providers.claim.help"), Max: 100})
	var groups []string
	for _, g := range one.Groups {
		groups = append(groups, g.Name+" = "+string(g.Role))
	}
	field(input{Name: "groups", Value: strings.Join(groups, "\n"), Lines: 4, Max: 20_000, Help: v.say("providers.groups.help")})
	field(input{Name: "second", Several: []choice{{"1", v.say("providers.second"), one.Second}}, Help: v.say("providers.second.help")})
	return f
}

// providerDraft reads the form.
func providerDraft(form url.Values) access.ProviderDraft {
	d := access.ProviderDraft{
		Name: form.Get("name"), Issuer: form.Get("issuer"), ClientID: form.Get("client_id"), Secret: strings.TrimSpace(form.Get("secret")),
		Terms: access.Terms{
			Scopes: wordList(form.Get("scopes")), Domains: wordList(form.Get("domains")), Admit: access.Role(form.Get("admit")), Claim: form.Get("claim"),
			Second: form.Get("second") == "1",
		},
	}
	for line := range strings.Lines(form.Get("groups")) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		at := strings.LastIndexByte(line, '=')
		if at < 0 {
			at = len(line)
		}
		d.Groups = append(d.Groups, access.Group{Name: strings.TrimSpace(line[:at]), Role: access.Role(strings.TrimSpace(strings.TrimPrefix(line[at:], "=")))})
	}
	return d
}

// wordList is the words of a field, with spaces or commas between.
func wordList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\r' || r == '\t' })
}

// saveProvider keeps the settings of a provider, or adds it.
func (web *Web) saveProvider(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	one := &access.Provider{}
	if id := v.r.PathValue("id"); id != "" {
		found, err := v.findProvider(id)
		if err != nil {
			return err
		}
		one = &found
	}
	d := providerDraft(form)
	said := form["client"]
	var p access.Provider
	switch {
	case d.Secret == "" && (one.ID == 0 && !slices.Contains(said, "public") || slices.Contains(said, "replace")):
		err = &hearth.Error{Code: hearth.Invalid, Field: "secret", Message: v.say("providers.secret.missing")}
	case one.ID == 0:
		p, err = web.o.Access.AddProvider(v.ctx(), v.by, d)
	default:
		d.Enabled, d.Issuer = one.Enabled, one.Issuer
		version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
		p, err = web.o.Access.ChangeProvider(v.ctx(), v.by, one.ID, version, d)
	}
	if err == nil {
		return v.back(providersPath + "/" + p.ID.String() + "?did=saved")
	}
	var again *access.Provider
	if one.ID > 0 {
		again = one
	}
	page := v.providerPage(again)
	if status, shown := page.Form.refused(err, form); shown {
		return v.showAt(status, "provider", page.Name, page)
	}
	return err
}

// actOnProvider switches a provider on or off, tries it, or takes it away.
func (web *Web) actOnProvider(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	one, err := v.findProvider(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	switch do := form.Get("do"); do {
	case "on", "off":
		d := one.ProviderDraft
		d.Secret, d.Enabled = "", do == "on"
		if _, err := web.o.Access.ChangeProvider(v.ctx(), v.by, one.ID, one.Version, d); err != nil {
			return err
		}
		return v.back(providersPath + "/" + one.ID.String() + "?did=" + do + "&id=" + one.ID.String())
	case "remove":
		if err := web.o.Access.RemoveProvider(v.ctx(), v.by, one.ID, one.Version); err != nil {
			return err
		}
		return v.back(providersPath + "?did=removed")
	case "try":
		return v.tryProvider(&one)
	}
	return hearth.Errorf(hearth.Invalid, "This button is not known; open the page again.")
}

func (v *visit) tryProvider(one *access.Provider) error {
	said, err := v.web.o.Access.TryProvider(v.ctx(), v.by, one.ID)
	t := &providerTrial{Keys: said.Keys}
	if r, ok := refusalOf(err); ok {
		t.Wrong, t.Detail = v.name("trip-refused", string(r.Reason)), shorten(400, r.Detail)
	} else if err != nil {
		return err
	}
	for _, line := range []struct{ name, value string }{
		{"issuer", said.Issuer}, {"authorization_endpoint", said.Authorization}, {"token_endpoint", said.Token}, {"userinfo_endpoint", said.UserInfo}, {"jwks_uri", said.KeysAt},
		{"id_token_signing_alg_values_supported", strings.Join(said.Algorithms, ", ")}, {"code_challenge_methods_supported", strings.Join(said.Challenges, ", ")}, {"scopes_supported", strings.Join(said.Scopes, ", ")},
	} {
		if line.value != "" {
			t.Said = append(t.Said, auditChange{Name: line.name, Now: shorten(300, line.value)})
		}
	}
	p := v.providerPage(one)
	p.Trial = t
	return v.showAt(http.StatusOK, "provider", p.Name, p)
}
