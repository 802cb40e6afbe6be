package web

import (
	"net/http"
	"net/url"

	"hearth/access"
)

// passkeyPart is the passkeys of somebody, on their account.
type passkeyPart struct {
	List    []passkeyRow
	Trouble string // what became of the last one
	Nowhere string // why there can be none here; "": there can
}

// passkeyRow is one of them.
type passkeyRow struct {
	ID, Name      string
	Synced, Used  bool
	Created, Seen moment
}

func (v *visit) passkeys(trouble string) (p passkeyPart, err error) {
	p.Trouble = trouble
	if err := v.web.o.Access.Site(v.r).Err(); err != nil {
		p.Nowhere = err.Error()
	}
	list, err := v.web.o.Access.Passkeys(v.ctx(), v.by)
	for _, k := range list {
		row := passkeyRow{ID: k.ID, Name: shorten(100, k.Name), Synced: k.Synced, Used: !k.Seen.IsZero(), Created: v.when(k.Created)}
		if row.Used {
			row.Seen = v.when(k.Seen)
		}
		p.List = append(p.List, row)
	}
	return p, err
}

// passkeyPage asks a device for a new passkey.
type passkeyPage struct {
	Ticket, Options string
	Name            string // that it has if nobody gives it another
}

// beginPasskey shows the question to the device.
func (web *Web) beginPasskey(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	c, err := web.o.Access.BeginPasskey(v.ctx(), v.by, web.o.Access.Site(v.r))
	if err != nil {
		return err
	}
	p := &passkeyPage{Ticket: c.Ticket, Options: string(c.Options), Name: v.browser(v.r.UserAgent())}
	return v.showAt(http.StatusOK, "account-passkey", v.say("account.passkey.new"), p)
}

// addPasskey takes the answer of the device; the browser goes on with a new
// session.
func (web *Web) addPasskey(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	_, token, err := web.o.Access.AddPasskey(v.ctx(), v.by, form.Get("ticket"), form.Get("name"), []byte(form.Get("response")))
	if err != nil {
		return v.passkeyTrouble(err)
	}
	web.o.Access.SetEntry(v.w, v.r, access.Entry{Token: token})
	return v.back(accountPath + "?did=passkey#passkeys")
}

// passkeyTrouble says on the account what was wrong.
func (v *visit) passkeyTrouble(err error) error {
	f := &fieldset{}
	status, shown := f.refused(err, nil)
	if !shown {
		return err
	}
	return v.showAccountWith(status, accountParts{Passkey: f.Why})
}

// renamePasskey gives a passkey another name.
func (web *Web) renamePasskey(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	if _, err := web.o.Access.RenamePasskey(v.ctx(), v.by, form.Get("id"), form.Get("name")); err != nil {
		return v.passkeyTrouble(err)
	}
	return v.back(accountPath + "?did=passkey-named#passkeys")
}

// removePasskey takes a passkey away; the browser goes on with a new session.
func (web *Web) removePasskey(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	token, err := web.o.Access.RemovePasskey(v.ctx(), v.by, form.Get("id"))
	if err != nil {
		return v.passkeyTrouble(err)
	}
	web.o.Access.SetEntry(v.w, v.r, access.Entry{Token: token})
	return v.back(accountPath + "?did=passkey-out#passkeys")
}

// takePasskey lets somebody in by the answer of a device.
func (web *Web) takePasskey(v *visit) error {
	return v.enter(func(form url.Values) *door { return v.signInDoor(form.Get("back")) }, func(v *visit, form url.Values) (access.Entry, error) {
		return web.o.Access.PasskeySignIn(v.ctx(), v.caller(), form.Get("ticket"), []byte(form.Get("response")))
	})
}
