package web

import (
	"net/http"
	"strconv"
	"time"

	"hearth/access"
)

const keysPath = "/settings/keys"

// keysPage is the keys with which programs act.
type keysPage struct {
	Done  string
	Rows  []keyRow
	Ended []keyRow
	Write bool
	None  *emptyState
}

// keyRow is a key.
type keyRow struct {
	ID      int64
	Name    string
	Brand   string // that it is for; "": the whole workspace
	Scopes  []string
	By      string
	Created moment
	Expires moment
	Seen    moment
	Revoked bool
	Soon    bool // it ends within two weeks
}

// keys lists the keys; those that ended stand below.
func (web *Web) keys(v *visit) error {
	list, err := web.o.Access.Keys(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &keysPage{Write: v.by.May(access.WriteKeys) && v.by.Kind != access.Key}
	if v.query("did") == "revoked" {
		p.Done = v.say("keys.revoked.sentence")
	}
	brands, err := v.brandNames()
	if err != nil {
		return err
	}
	names := map[string]string{}
	if v.by.May(access.ReadUsers) {
		users, err := web.o.Access.Users(v.ctx(), v.by)
		if err != nil {
			return err
		}
		for i := range users {
			names[users[i].User.String()] = shorten(40, users[i].FullName)
		}
	}
	for _, k := range list {
		row := keyRow{
			ID: int64(k.ID), Name: shorten(60, k.Name), Brand: brands[k.Brand], By: names[k.By.String()], Created: v.when(k.Created), Expires: v.when(k.Expires), Seen: v.when(k.Seen),
			Revoked: !k.Revoked.IsZero(), Soon: k.Expires.Sub(v.now) < 14*24*time.Hour,
		}
		if k.By == 0 {
			row.By = v.say("keys.operator")
		}
		for _, s := range k.Scopes {
			row.Scopes = append(row.Scopes, string(s))
		}
		if row.Revoked || !v.now.Before(k.Expires) {
			p.Ended = append(p.Ended, row)
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	if len(p.Rows) == 0 {
		p.None = &emptyState{Title: v.say("keys.none.title"), Sentence: v.say("keys.none.sentence"), Example: "hearth key add reports posts.read monitors.read"}
		if p.Write {
			p.None.Action, p.None.Link = v.say("keys.new"), keysPath+"/new"
		}
	}
	return v.show("keys", v.name("settings-title", "keys"), p)
}

// keyPage is a key that is to be, or one that was just made.
type keyPage struct {
	Form    *fieldset
	Token   string // shown once
	Name    string
	Example string // a command that tries it
}

func (web *Web) newKey(v *visit) error {
	return v.showAt(http.StatusOK, "key", v.say("keys.new"), &keyPage{Form: v.keyForm()})
}

func (v *visit) keyForm() *fieldset {
	life := []choice{}
	for _, days := range []int{7, 30, 90, 365, 730} {
		life = append(life, choice{strconv.Itoa(days), v.say("span.days", "n", days), days == 365})
	}
	scopes := []choice{}
	for _, g := range access.Grants() {
		if v.by.May(g.Permission) {
			scopes = append(scopes, choice{string(g.Permission), v.means(g), false})
		}
	}
	fields := []input{
		{Name: "name", Label: v.say("keys.for"), Help: v.say("keys.for.help"), Required: true, Max: 100},
		{Name: "scopes", Label: v.say("keys.scopes"), Help: v.say("keys.scopes.help"), Several: scopes},
	}
	fields = append(fields, v.ofBrand(v.say("keys.brand.help"))...)
	return &fieldset{
		ID: "key", Action: keysPath, Submit: v.say("keys.make"), Icon: "key", Cancel: keysPath,
		Fields: append(fields, input{Name: "days", Label: v.say("keys.life"), Choices: life}),
	}
}

// addKey makes a key and shows it, once.
func (web *Web) addKey(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	days, _ := strconv.Atoi(form.Get("days"))
	brand, err := brandOf(form)
	if err != nil {
		return err
	}
	d := access.KeyDraft{Name: form.Get("name"), Brand: brand, Life: time.Duration(max(0, min(days, 3660))) * 24 * time.Hour}
	for _, s := range form["scopes"] {
		d.Scopes = append(d.Scopes, access.Permission(s))
	}
	k, token, err := web.o.Access.AddKey(v.ctx(), v.by, d)
	if err != nil {
		f := v.keyForm()
		if status, shown := f.refused(err, form); shown {
			return v.showAt(status, "key", v.say("keys.new"), &keyPage{Form: f})
		}
		return err
	}
	return v.showAt(http.StatusOK, "key", v.say("keys.new"), &keyPage{Token: token, Name: shorten(60, k.Name), Example: "curl -H 'Authorization: Bearer KEY' " + web.o.Access.Here(v.r) + "/api/session"})
}

// revokeKey ends a key at once.
func (web *Web) revokeKey(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := idOf(form.Get("id"), "There is no such key.")
	if err != nil {
		return err
	}
	if err := web.o.Access.RevokeKey(v.ctx(), v.by, access.KeyID(id)); err != nil {
		return err
	}
	return v.back(keysPath + "?did=revoked")
}
