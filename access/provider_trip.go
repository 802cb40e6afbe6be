package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"hearth"
	"hearth/access/openid"
	"hearth/db"
)

// Errand is why somebody goes to a provider.
type Errand string

const (
	ToSignIn  Errand = "sign-in"
	ToConnect Errand = "connect" // an account here with one there
	ToProve   Errand = "prove"   // again who they are
)

// Trip is a way to a provider and back, in one browser.
type Trip struct {
	Errand     Errand
	Provider   ProviderID
	Invitation string // the token of an invitation that is to be used; "": none
	Back       string // where to go on in Hearth
	Form       []FormField
	Again      bool // Form is to be sent to Back
}

// FormField is what somebody had typed before they were asked to prove who they
// are. Secrets are not among it.
type FormField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Departure is where the browser goes, and what it keeps until it is back: a
// secret from which nonce and verifier follow, so that nobody else can come back
// in its place and the database holds neither.
type Departure struct {
	Address string
	Browser string
	Name    string // of the provider
}

// Return is what the browser brings back.
type Return struct{ State, Code, Issuer, Error, ErrorText string }

// Arrival is the end of a trip.
type Arrival struct {
	Trip
	Entry Entry // the session, or the question for the second factor
	Name  string
}

// The reasons for which a trip ends in nothing, beside those of package openid.
const (
	WrongState    openid.Reason = "state"    // too old, used, of another browser, or made up
	SwitchedOff   openid.Reason = "off"      // the provider is not in use
	NobodyHere    openid.Reason = "unknown"  // nobody here is known by this identity
	WrongMail     openid.Reason = "mail"     // no verified address of a domain that counts
	WrongGroup    openid.Reason = "group"    // in no group that counts
	PersonOff     openid.Reason = "disabled" // the person is switched off
	TakenAlready  openid.Reason = "taken"    // the identity is somebody else's here
	OtherPerson   openid.Reason = "other"    // not who has to prove who they are
	InHereAlready openid.Reason = "here"     // an invitation, for somebody who is known here
)

// TripReasons lists every reason for which a trip ends in nothing.
func TripReasons() []openid.Reason {
	return append(openid.Reasons(), WrongState, SwitchedOff, NobodyHere, WrongMail, WrongGroup, PersonOff, TakenAlready, OtherPerson, InHereAlready)
}

func turnedAway(why openid.Reason, detail string) error {
	return &openid.Refusal{Reason: why, Detail: detail}
}

const (
	tripLife = 10 * time.Minute
	mostForm = 32 << 10 // bytes of a form that is kept meanwhile
	mostBack = 2 << 10

	callbackPath = "/sign-in/provider/back"
)

// callback is the address to which providers send people back. It follows from
// the operator's setting and from nothing that a request says (ID4).
func (a *Access) callback() (string, error) {
	if a.o.Address == "" {
		return "", hearth.Errorf(hearth.Unavailable, "Providers need to know where Hearth is. The operator sets: hearth serve --address https://hearth.acme.example")
	}
	return strings.TrimSuffix(a.o.Address, "/") + callbackPath, nil
}

// Callback is the address that providers have to know; "": Hearth does not know
// its own.
func (a *Access) Callback() string {
	address, _ := a.callback()
	return address
}

// errand is what a ticket keeps of a trip.
type errand struct {
	Errand     Errand      `json:"errand"`
	Provider   ProviderID  `json:"provider"`
	Browser    []byte      `json:"browser"` // hash
	Session    SessionID   `json:"session,omitempty"`
	Invitation []byte      `json:"invitation,omitempty"` // hash
	Back       string      `json:"back,omitempty"`
	Form       []FormField `json:"form,omitempty"`
	Again      bool        `json:"again,omitempty"`
	Asked      time.Time   `json:"asked"`
}

// derived is a secret of a trip: only the browser and the state together give it.
func derived(browser, state, what string) string {
	m := hmac.New(sha256.New, []byte(browser))
	m.Write([]byte(what + "\x00" + state))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// ToProvider begins a trip. Browser is what it keeps from trips before; "":
// nothing. By matters for who connects or proves.
func (a *Access) ToProvider(ctx context.Context, c Caller, by Actor, browser string, t Trip) (d Departure, err error) {
	redirect, err := a.callback()
	if err != nil {
		return d, err
	}
	if a.party == nil {
		return d, errNoParty
	}
	e := errand{Errand: t.Errand, Provider: t.Provider, Back: t.Back, Form: t.Form, Again: t.Again, Asked: a.o.Clock()}
	if len(e.Back) > mostBack {
		e.Back = ""
	}
	size := 0
	for _, f := range t.Form {
		size += len(f.Name) + len(f.Value)
	}
	if size > mostForm {
		e.Form, e.Again = nil, false
	}
	var user hearth.UserID
	switch t.Errand {
	case ToSignIn:
		if t.Invitation != "" {
			hash, ok := tokenHash(forInvitation, t.Invitation)
			if !ok {
				return d, spent(theInvitation)
			}
			e.Invitation = hash
		}
	case ToConnect, ToProve:
		if err := by.person(); err != nil {
			return d, err
		}
		if t.Errand == ToConnect {
			if err := by.CheckFresh(a.o.Clock()); err != nil {
				return d, err
			}
		}
		user, e.Session = by.User, by.Session
	default:
		return d, hearth.Errorf(hearth.Invalid, "Nobody goes to a provider for this.")
	}
	if err := a.take(ctx, map[string]limit{"provider/from/" + c.network(): limitCeremonies}); err != nil {
		return d, err
	}
	d.Browser = browser
	hash, known := tokenHash(forBrowser, browser)
	if !known {
		if d.Browser, hash, err = a.newToken(forBrowser); err != nil {
			return d, err
		}
	}
	e.Browser = hash
	var p Provider
	var state string
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if p, err = a.readProvider(tx, t.Provider); err != nil {
			return err
		}
		if !p.Enabled {
			return hearth.Errorf(hearth.NotFound, "There is no provider %d to sign in by.", t.Provider)
		}
		state, err = a.issue(tx, forProvider, user, e, tripLife)
		return err
	})
	if err != nil {
		return d, err
	}
	d.Name = p.Name
	d.Address, err = a.party.Address(ctx, p.asked(), a.question(redirect, d.Browser, state, t.Errand))
	return d, a.refusal(ctx, c, &p, err)
}

func (a *Access) question(redirect, browser, state string, e Errand) openid.Question {
	return openid.Question{Redirect: redirect, State: state, Nonce: derived(browser, state, "nonce"), Verifier: derived(browser, state, "verifier"), Fresh: e == ToProve}
}

// asked is the provider as package openid knows it, without its secret.
func (p *Provider) asked() openid.Provider {
	return openid.Provider{Issuer: p.Issuer, ClientID: p.ClientID, Scopes: p.Scopes, Groups: p.Claim}
}

// FromProvider ends a trip: the provider's answer is looked at, once, and does
// what the trip was for. Whatever is wrong with it is an openid.Refusal, on record,
// and changes nothing.
func (a *Access) FromProvider(ctx context.Context, c Caller, by Actor, browser string, r Return) (arrival Arrival, err error) {
	err = a.knock(ctx, c, forProvider, r.State, "The way back")
	if hearth.ErrorCode(err) == hearth.Denied {
		err = turnedAway(WrongState, "the state is not known, too old, or was used")
	}
	if err != nil {
		return arrival, a.refusal(ctx, c, nil, err)
	}
	e, user, p, err := a.goneBy(ctx, browser, r.State)
	if err == nil {
		arrival.Trip = Trip{Errand: e.Errand, Provider: e.Provider, Back: e.Back, Form: e.Form, Again: e.Again}
		arrival.Name = p.Name
		arrival.Entry, err = a.arrive(ctx, c, by, browser, &e, user, &p, &r)
	}
	return arrival, a.refusal(ctx, c, &p, err)
}

// goneBy uses the ticket of a trip up, and reads what it was for.
func (a *Access) goneBy(ctx context.Context, browser, state string) (e errand, user hearth.UserID, p Provider, err error) {
	var wrong error
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		t, err := a.redeem(tx, forProvider, state, "The way back")
		if hearth.ErrorCode(err) == hearth.Denied {
			return turnedAway(WrongState, "the state was used meanwhile")
		}
		if err != nil {
			return err
		}
		if err := t.decode(&e); err != nil {
			return err
		}
		user = t.user
		if p, err = a.readProvider(tx, e.Provider); err != nil {
			wrong = turnedAway(SwitchedOff, "the provider was removed meanwhile")
			return nil
		}
		if hash, ok := tokenHash(forBrowser, browser); !ok || !hmac.Equal(hash, e.Browser) {
			wrong = turnedAway(WrongState, "another browser came back than went there")
		} else if !p.Enabled {
			wrong = turnedAway(SwitchedOff, "the provider is switched off")
		}
		return nil
	})
	return e, user, p, errors.Join(err, wrong)
}

// arrive asks the provider who came, and settles what they came for.
func (a *Access) arrive(ctx context.Context, c Caller, by Actor, browser string, e *errand, user hearth.UserID, p *Provider, r *Return) (entry Entry, err error) {
	redirect, err := a.callback()
	if err != nil {
		return entry, err
	}
	at := p.asked()
	if at.Secret, err = a.openProvider(p); err != nil {
		return entry, err
	}
	who, err := a.party.Identify(ctx, at, openid.Answer{
		Question: a.question(redirect, browser, r.State, e.Errand), Asked: e.Asked, Code: r.Code, Issuer: r.Issuer, Error: r.Error, ErrorText: r.ErrorText,
	})
	if err != nil {
		return entry, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		known, err := knownAs(tx, p.Issuer, who.Subject)
		if err != nil {
			return err
		}
		switch e.Errand {
		case ToConnect, ToProve:
			if by.person() != nil || by.User != user || by.Session != e.Session {
				return turnedAway(WrongState, "another session came back than went there")
			}
			if e.Errand == ToProve {
				return a.proveBy(tx, by, p, known, &who)
			}
			entry, err = a.connect(tx, by, p, known, &who)
			return err
		}
		if known == 0 {
			entry, err = a.comeNew(tx, c, p, e.Invitation, &who)
			return err
		}
		if e.Invitation != nil {
			return turnedAway(InHereAlready, shownAs(&who))
		}
		entry, err = a.comeIn(tx, c, p, known, &who)
		return err
	})
	return entry, err
}

// refusal leaves a line for what a provider's answer did not do. It gives the error
// back.
func (a *Access) refusal(ctx context.Context, c Caller, p *Provider, err error) error {
	var r *openid.Refusal
	if !errors.As(err, &r) {
		return err
	}
	by := Actor{Workspace: hearth.DefaultWorkspace, Kind: Local, Name: "Hearth", Address: c.shown(), known: true}
	object := Of("provider", 0)
	if p != nil && p.ID > 0 {
		object = Of("provider", p.ID)
	}
	if noted := Note(ctx, a.o.State, a.o.Clock(), by, "provider.refuse", object, nil, refusalState{r.Reason, r.Detail}); noted != nil {
		return errors.Join(err, noted)
	}
	return r
}

// refusalState is a refusal in the audit log.
type refusalState struct {
	Reason openid.Reason `json:"reason"`
	Detail string        `json:"detail,omitempty"`
}
