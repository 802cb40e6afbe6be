package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hearth"
	"hearth/access"
)

// proof asks somebody to prove again who they are, and goes on with what they
// were about to do.
type proof struct {
	To      string      // where to go on: a place of ours
	Again   bool        // a form is to be sent there again
	Answers []doorField // what it held
	Secret  bool        // they have a password, or an app
	Code    bool        // they have no password; a code of their app counts
	Passkey bool        // a passkey counts

	Providers []access.Door // at which they are known
	Trouble   string
}

// The fields of the question itself; all others are those of the form that
// comes after it.
const (
	proveTo     = "prove-to"
	proveAgain  = "prove-again"
	proveSecret = "prove-secret"
	proveTicket = "prove-ticket" // of a passkey, and what the device answered
	proveAnswer = "prove-answer"
)

// newProof is the question before what the visitor has just asked for.
func (v *visit) newProof() *proof {
	p := &proof{To: v.r.URL.RequestURI()}
	if p.Again = v.r.Method == http.MethodPost; p.Again {
		p.Answers = answers(v.r.PostForm)
	}
	return p
}

// answers are the fields of a form without its secrets, in order.
func answers(form url.Values) (list []doorField) {
	names := make([]string, 0, len(form))
	for name := range form {
		if !strings.HasPrefix(name, "prove-") && !secretField(name) && name != inWorkspace {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range form[name] {
			list = append(list, doorField{Name: name, Value: value})
		}
	}
	return list
}

func (v *visit) askProof(status int, p *proof) error {
	p.Code = !v.account.Password
	p.Passkey = v.account.Passkeys > 0 && v.web.o.Access.Site(v.r).Err() == nil
	known, err := v.web.o.Access.Identities(v.ctx(), v.by)
	if err != nil {
		return err
	}
	doors, err := v.web.o.Access.Doors(v.ctx())
	if err != nil {
		return err
	}
	p.Code = p.Code || !doors.Password
	p.Secret = v.account.TOTP && p.Code || !p.Code
	for _, d := range doors.Providers {
		if slices.ContainsFunc(known, func(i access.Identity) bool { return i.Provider == d.Name }) {
			p.Providers = append(p.Providers, d)
		}
	}
	return v.block(status, "prove", "shell", v.shell(v.say("prove.title"), false, p))
}

// prove asks on its own; back says where to go on.
func (web *Web) prove(v *visit) error {
	if v.account.User == 0 {
		return v.back(v.query("back"))
	}
	return v.askProof(http.StatusOK, &proof{To: v.query("back")})
}

// takeProof looks at the answer. Where a form waits for it, the browser is asked
// to send it on: status 307 keeps what it holds.
func (web *Web) takeProof(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	p := &proof{To: form.Get(proveTo), Again: form.Get(proveAgain) != "", Answers: answers(form)}
	if err := v.takeProven(form); err != nil {
		status, known := statuses[hearth.ErrorCode(err)]
		if !known || v.account.User == 0 {
			return err
		}
		p.Trouble = err.Error()
		return v.askProof(status, p)
	}
	if p.Again && ourPlace(p.To) {
		http.Redirect(v.w, v.r, p.To, http.StatusTemporaryRedirect)
		return nil
	}
	return v.back(p.To)
}

// takeProven looks at what was given: the answer of a device, or a secret.
func (v *visit) takeProven(form url.Values) error {
	if answer := form.Get(proveAnswer); answer != "" {
		return v.web.o.Access.ProveByPasskey(v.ctx(), v.by, form.Get(proveTicket), []byte(answer))
	}
	return v.web.o.Access.Prove(v.ctx(), v.by, form.Get(proveSecret))
}
