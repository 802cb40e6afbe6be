package web

import (
	"errors"
	"net/http"
	"net/url"

	"hearth"
	"hearth/access"
	"hearth/access/openid"
)

// tripEnd is a door that says where somebody goes, or why they came back for
// nothing.
type tripEnd struct {
	Name    string // of the provider
	Link    string
	Host    string
	Detail  string // for whoever looks after the provider
	Answers []doorField
	Home    bool // they are signed in
}

// leave sends the browser to a provider. A page says where it goes: the policy
// lets no form of ours lead to another place.
func (v *visit) leave(t access.Trip) error {
	who := v.web.o.Access
	d, err := who.ToProvider(v.ctx(), v.caller(), v.by, who.TripBrowser(v.r), t)
	if err != nil {
		return v.stranded(d.Name, err)
	}
	who.SetTrip(v.w, v.r, d.Browser)
	u, err := url.Parse(d.Address)
	if err != nil {
		return err
	}
	v.w.Header().Set("Refresh", "0; url="+d.Address)
	return v.open(http.StatusOK, &door{Kind: "leaving", Done: true, Trip: &tripEnd{Name: d.Name, Link: d.Address, Host: shorten(100, u.Host)}})
}

// stranded says in words why a trip ended in nothing; other errors are the
// caller's.
func (v *visit) stranded(name string, err error) error {
	r, ok := refusalOf(err)
	if !ok {
		return err
	}
	status := http.StatusForbidden
	if hearth.ErrorCode(err) == hearth.Unavailable {
		status = http.StatusServiceUnavailable
	}
	return v.open(status, &door{
		Kind: "refused", Done: true, Trouble: v.name("trip-refused", string(r.Reason)),
		Trip: &tripEnd{Name: shorten(100, name), Detail: shorten(300, r.Detail), Home: v.account.User > 0},
	})
}

// refusalOf is the reason in an error's chain.
func refusalOf(err error) (r *openid.Refusal, ok bool) {
	ok = errors.As(err, &r)
	return r, ok
}

// toProvider begins a sign-in, with or without an invitation.
func (web *Web) toProvider(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := idOf(form.Get("id"), "There is no such provider.")
	if err != nil {
		return err
	}
	return v.leave(access.Trip{Errand: access.ToSignIn, Provider: access.ProviderID(id), Invitation: form.Get("token"), Back: form.Get("back")})
}

// fromProvider takes what the browser brings back.
func (web *Web) fromProvider(v *visit) error {
	who := web.o.Access
	a, err := who.FromProvider(v.ctx(), v.caller(), v.by, who.TripBrowser(v.r), access.Return{
		State: v.query("state"), Code: v.query("code"), Issuer: v.query("iss"), Error: v.query("error"), ErrorText: v.query("error_description"),
	})
	if err != nil {
		return v.stranded(a.Name, err)
	}
	who.SetEntry(v.w, v.r, a.Entry)
	if a.Entry.Second != "" {
		return v.open(http.StatusOK, secondDoor(a.Entry.Second, a.Back))
	}
	if a.Errand == access.ToConnect {
		return v.back(accountPath + "?did=connected#identities")
	}
	if !a.Again || !ourPlace(a.Back) {
		return v.back(a.Back)
	}
	d := &door{Kind: "proved", Done: true, Trip: &tripEnd{Link: a.Back}}
	for _, f := range a.Form {
		d.Trip.Answers = append(d.Trip.Answers, doorField{Name: f.Name, Value: f.Value})
	}
	return v.open(http.StatusOK, d)
}

// proveAtProvider lets somebody prove again who they are at their provider, and
// keeps the form that waits for it.
func (web *Web) proveAtProvider(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := idOf(form.Get("prove-id"), "There is no such provider.")
	if err != nil {
		return err
	}
	t := access.Trip{Errand: access.ToProve, Provider: access.ProviderID(id), Back: form.Get(proveTo), Again: form.Get(proveAgain) != ""}
	for _, a := range answers(form) {
		t.Form = append(t.Form, access.FormField{Name: a.Name, Value: a.Value})
	}
	return v.leave(t)
}

// connect lets somebody come in by a provider from now on.
func (web *Web) connect(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := idOf(form.Get("provider"), "There is no such provider.")
	if err != nil {
		return err
	}
	return v.leave(access.Trip{Errand: access.ToConnect, Provider: access.ProviderID(id)})
}

// disconnect takes an identity away; the browser goes on with a new session.
func (web *Web) disconnect(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	token, err := web.o.Access.RemoveIdentity(v.ctx(), v.by, form.Get("id"))
	if err != nil {
		return err
	}
	web.o.Access.SetEntry(v.w, v.r, access.Entry{Token: token})
	return v.back(accountPath + "?did=disconnected#identities")
}

// identityRow is who somebody is at a provider, on their account.
type identityRow struct {
	ID, Provider, Shown string
	Created, Seen       moment
}

// identities are those of the visitor, and the providers that they could add.
func (v *visit) identities() (rows []identityRow, more []access.Door, err error) {
	list, err := v.web.o.Access.Identities(v.ctx(), v.by)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range list {
		rows = append(rows, identityRow{i.ID, shorten(100, i.Provider), shorten(100, i.Shown), v.when(i.Created), v.when(i.Seen)})
	}
	doors, err := v.web.o.Access.Doors(v.ctx())
	return rows, doors.Providers, err
}

// methodName is how somebody signed in, in words.
func (v *visit) methodName(method string, rows []access.Identity) string {
	for _, i := range rows {
		if i.Issuer == method {
			return shorten(60, i.Provider)
		}
	}
	return v.name("method", method)
}
