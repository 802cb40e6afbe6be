package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"hearth"
	"hearth/access"
)

// door is a page before the house: one question, answered by one form.
type door struct {
	Kind    string // what it asks: sign-in, second, set-up, invitation, reset
	Place   string // where an invitation leads
	Role    string
	Who     string // who is signed in and would go there
	Fields  []doorField
	Hidden  []doorField
	Trouble string // why the answer before was not taken
	Done    bool   // there is nothing to answer any more
	Passkey bool   // a passkey does instead
	Back    string // where to go then

	Providers []access.Door // that do instead
	Token     string        // of an invitation that they use
	Trip      *tripEnd
}

// doorField is a field of the form.
type doorField struct {
	Name, Value string
	Type        string // text, email, password
	Complete    string // what a password manager knows it by
	Optional    bool
	Wrong       bool
	First       bool
}

// The fields that doors ask for.
func nameField(value, complete string) doorField {
	return doorField{Name: "name", Value: value, Type: "text", Complete: complete, First: true}
}

func newPasswordField() doorField {
	return doorField{Name: "password", Type: "password", Complete: "new-password"}
}

// step is what a door's form leads to.
type step func(v *visit, form url.Values) (access.Entry, error)

// open shows a door. It is no page of the house, so it has no rail.
func (v *visit) open(status int, d *door) error {
	if len(d.Fields) > 0 {
		d.Fields[0].First = true
	}
	return v.block(status, "door", "doorway", v.shell(v.name("door-title", d.Kind), false, d))
}

// enter takes the answer of a door: the visitor goes on into the house, or sees
// the door again with what is wrong.
func (v *visit) enter(again func(url.Values) *door, do step) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	e, err := do(v, form)
	if err != nil {
		code := hearth.ErrorCode(err)
		status, known := statuses[code]
		if !known {
			return err
		}
		d := again(form)
		if d.Kind == "sign-in" || d.Kind == "invitation" {
			if with, failed := v.withProviders(d); failed == nil {
				d = with
			}
			d.Token = form.Get("token")
		}
		d.Trouble = err.Error()
		field := fieldOf(err)
		for i := range d.Fields {
			d.Fields[i].Wrong = d.Fields[i].Name == field
			if d.Fields[i].Type != "password" && d.Fields[i].Name != "code" {
				d.Fields[i].Value = form.Get(d.Fields[i].Name)
			}
		}
		return v.open(status, d)
	}
	v.web.o.Access.SetEntry(v.w, v.r, e)
	if e.Second != "" {
		return v.open(http.StatusOK, secondDoor(e.Second, form.Get("back")))
	}
	return v.back(form.Get("back"))
}

func (v *visit) caller() access.Caller { return v.web.o.Access.Caller(v.r) }

// signIn asks for name and password.
func (web *Web) signIn(v *visit) error {
	if needs, err := web.o.Access.NeedsSetUp(v.ctx()); err != nil {
		return err
	} else if needs {
		return v.open(http.StatusOK, &door{Kind: "nobody", Done: true})
	}
	d, err := v.withProviders(v.signInDoor(v.query("back")))
	if err != nil {
		return err
	}
	return v.open(http.StatusOK, d)
}

// withProviders offers what does instead of a password; where passwords do not
// count, nothing asks for one.
func (v *visit) withProviders(d *door) (*door, error) {
	doors, err := v.web.o.Access.Doors(v.ctx())
	if err != nil {
		return nil, err
	}
	d.Providers = doors.Providers
	if !doors.Password {
		d.Fields = nil
	}
	return d, nil
}

func (v *visit) signInDoor(back string) *door {
	return &door{
		Kind: "sign-in", Passkey: v.web.o.Access.Site(v.r).Err() == nil, Back: back,
		Fields: []doorField{nameField("", "username"), {Name: "password", Type: "password", Complete: "current-password"}},
		Hidden: []doorField{{Name: "back", Value: back}},
	}
}

func (web *Web) takeSignIn(v *visit) error {
	return v.enter(func(form url.Values) *door { return v.signInDoor(form.Get("back")) }, func(v *visit, form url.Values) (access.Entry, error) {
		return web.o.Access.SignIn(v.ctx(), v.caller(), form.Get("name"), form.Get("password"))
	})
}

func secondDoor(second, back string) *door {
	return &door{
		Kind:   "second",
		Fields: []doorField{{Name: "code", Type: "text", Complete: "one-time-code"}},
		Hidden: []doorField{{Name: "second", Value: second}, {Name: "back", Value: back}},
	}
}

func (web *Web) takeSecond(v *visit) error {
	return v.enter(func(form url.Values) *door { return secondDoor(form.Get("second"), form.Get("back")) }, func(v *visit, form url.Values) (access.Entry, error) {
		return web.o.Access.SecondFactor(v.ctx(), v.caller(), form.Get("second"), form.Get("code"))
	})
}

// signOut ends the session.
func (web *Web) signOut(v *visit) error {
	if err := web.o.Access.SignOut(v.ctx(), web.o.Access.Token(v.r)); err != nil {
		return err
	}
	web.o.Access.ClearEntry(v.w, v.r)
	return v.back("/sign-in")
}

// newUserDoor asks somebody new who they are.
func newUserDoor(kind, token string) *door {
	return &door{
		Kind: kind,
		Fields: []doorField{
			nameField("", "username"), {Name: "full_name", Type: "text", Complete: "name", Optional: true},
			{Name: "mail", Type: "email", Complete: "email", Optional: true}, newPasswordField(),
		},
		Hidden: []doorField{{Name: "token", Value: token}},
	}
}

func newUser(form url.Values) access.Draft {
	return access.Draft{Name: form.Get("name"), FullName: form.Get("full_name"), Mail: form.Get("mail"), Password: form.Get("password")}
}

func (web *Web) setUp(v *visit) error {
	if needs, err := web.o.Access.NeedsSetUp(v.ctx()); err != nil {
		return err
	} else if !needs {
		return v.back("/sign-in")
	}
	return v.open(http.StatusOK, newUserDoor("set-up", v.r.PathValue("token")))
}

func (web *Web) takeSetUp(v *visit) error {
	return v.enter(func(form url.Values) *door { return newUserDoor("set-up", form.Get("token")) }, func(v *visit, form url.Values) (access.Entry, error) {
		return web.o.Access.SetUp(v.ctx(), v.caller(), form.Get("token"), newUser(form))
	})
}

func (web *Web) invitation(v *visit) error {
	d := newUserDoor("invitation", v.r.PathValue("token"))
	place, role, err := web.o.Access.Invited(v.ctx(), v.caller(), v.r.PathValue("token"))
	if err != nil {
		return v.open(statuses[hearth.ErrorCode(err)], &door{Kind: "invitation", Done: true, Trouble: err.Error()})
	}
	if v.account.User > 0 { // somebody who is here already goes there too
		d = &door{Kind: "join", Who: shorten(60, v.account.Profile.FullName), Hidden: d.Hidden}
	}
	if d.Kind == "invitation" {
		if d, err = v.withProviders(d); err != nil {
			return err
		}
		d.Token = v.r.PathValue("token")
	}
	d.Place, d.Role = place, v.name("role", string(role))
	return v.open(http.StatusOK, d)
}

// join lets somebody who is signed in use an invitation to another workspace.
func (web *Web) join(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	ws, err := web.o.Access.JoinWorkspace(v.ctx(), v.by, form.Get("token"))
	if err != nil {
		return err
	}
	if err := web.o.Access.EnterWorkspace(v.ctx(), v.by, ws); err != nil {
		return err
	}
	return v.back("/")
}

func (web *Web) takeInvitation(v *visit) error {
	return v.enter(func(form url.Values) *door { return newUserDoor("invitation", form.Get("token")) }, func(v *visit, form url.Values) (access.Entry, error) {
		return web.o.Access.AcceptInvitation(v.ctx(), v.caller(), form.Get("token"), newUser(form))
	})
}

func resetDoor(token string) *door {
	return &door{Kind: "reset", Fields: []doorField{newPasswordField()}, Hidden: []doorField{{Name: "token", Value: token}, {Name: "back", Value: "/sign-in"}}}
}

func (web *Web) reset(v *visit) error {
	return v.open(http.StatusOK, resetDoor(v.r.PathValue("token")))
}

func (web *Web) takeReset(v *visit) error {
	return v.enter(func(form url.Values) *door { return resetDoor(form.Get("token")) }, func(v *visit, form url.Values) (access.Entry, error) {
		return access.Entry{}, web.o.Access.Reset(v.ctx(), v.caller(), form.Get("token"), form.Get("password"))
	})
}

// fieldOf is the input at fault, "" where there is none.
func fieldOf(err error) string {
	var known *hearth.Error
	if errors.As(err, &known) {
		return known.Field
	}
	return ""
}

// toSignIn is where somebody goes who has to sign in to see a page.
func toSignIn(r *http.Request) string {
	back := r.URL.RequestURI()
	if r.Method != http.MethodGet || !strings.HasPrefix(back, "/") || back == "/" {
		return "/sign-in"
	}
	return "/sign-in?back=" + url.QueryEscape(back)
}
