package access_test

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/access/openid"
	"hearth/access/openid/fake"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/outbound"
)

// inn is a house with a provider beside it.
type inn struct {
	*house
	idp *fake.Provider
	at  access.Provider
}

func openInn(t *testing.T, patience time.Duration) *inn {
	t.Helper()
	return openInnAt(t, dbtest.Location(t), patience)
}

func openInnAt(t *testing.T, location string, patience time.Duration) *inn {
	t.Helper()
	i := &inn{}
	i.house = openAt(t, location, func(o *access.Options) {
		o.Address, o.Patience = "https://hearth.acme.example", patience
		o.Out = outbound.New(outbound.Config{Allow: []outbound.Exception{{Prefix: netip.MustParsePrefix("127.0.0.0/8")}}, Leak: func(err error) { t.Error(err) }})
	})
	i.idp = fake.New(i.clock.Now)
	t.Cleanup(i.idp.Close)
	i.idp.Client.Redirect = "https://hearth.acme.example/sign-in/provider/back"
	return i
}

// draft is the settings of the provider.
func (i *inn) draft() access.ProviderDraft {
	return access.ProviderDraft{
		Name: "Acme", Issuer: i.idp.URL, ClientID: i.idp.Client.ID, Secret: i.idp.Client.Secret, Enabled: true,
		Terms: access.Terms{Scopes: []string{"email", "profile"}},
	}
}

// add sets the provider up.
func (i *inn) add(change func(*access.ProviderDraft)) {
	i.t.Helper()
	d := i.draft()
	if change != nil {
		change(&d)
	}
	var err error
	if i.at, err = i.AddProvider(i.t.Context(), operator, d); err != nil {
		i.t.Fatal(err)
	}
}

// browser keeps what a browser keeps of trips.
type browser struct{ secret string }

// there goes to the provider and gives what it says to bring back.
func (i *inn) there(b *browser, by access.Actor, t access.Trip) (access.Return, error) {
	i.t.Helper()
	t.Provider = i.at.ID
	d, err := i.ToProvider(i.t.Context(), home, by, b.secret, t)
	if err != nil {
		return access.Return{}, err
	}
	b.secret = d.Browser
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := c.Get(d.Address)
	if err != nil {
		i.t.Fatal(err)
	}
	answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		i.t.Fatalf("the provider answers %s to %s", answer.Status, d.Address)
	}
	q := back.Query()
	return access.Return{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error"), ErrorText: q.Get("error_description")}, nil
}

// trip goes there and back.
func (i *inn) trip(b *browser, by access.Actor, t access.Trip) (access.Arrival, error) {
	i.t.Helper()
	r, err := i.there(b, by, t)
	if err != nil {
		return access.Arrival{}, err
	}
	return i.FromProvider(i.t.Context(), home, by, b.secret, r)
}

func (i *inn) signIn() (access.Arrival, error) {
	i.t.Helper()
	return i.trip(&browser{}, access.Actor{}, access.Trip{Errand: access.ToSignIn})
}

// connect lets somebody come in by the provider from now on.
func (i *inn) connect(by access.Actor) access.Actor {
	i.t.Helper()
	arrival, err := i.trip(&browser{}, by, access.Trip{Errand: access.ToConnect})
	if err != nil {
		i.t.Fatal(err)
	}
	return i.actor(arrival.Entry)
}

// sessions is how many there are.
func (h *house) count(table string) (n int64) {
	h.t.Helper()
	if err := h.state.Read(h.t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n) }); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func why(err error) openid.Reason {
	var r *openid.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

func (i *inn) refuses(what string, want openid.Reason, err error) {
	i.t.Helper()
	if why(err) != want {
		i.t.Errorf("%s: %v, want %s", what, err, want)
	}
	log, err := i.AuditLog(i.t.Context(), operator, access.AuditSearch{Verb: "provider.refuse", Limit: 1})
	if err != nil || len(log.Lines) != 1 || !strings.Contains(log.Lines[0].Now, `"reason":"`+string(want)+`"`) || log.Lines[0].Address != "203.0.113.7" {
		i.t.Errorf("%s: the log says %+v, %v", what, log.Lines, err)
	}
}

func TestSomebodyConnectedComesInByTheirProvider(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	ann := i.owner()
	i.add(nil)
	_, err := i.signIn()
	i.refuses("somebody whom nobody knows", access.NobodyHere, err)
	now := i.connect(ann)
	if i.Holds(t.Context(), ann) {
		t.Error("the session from before the connection lives on")
	}
	i.clock.advance(time.Hour)
	arrival, err := i.signIn()
	if err != nil || arrival.Entry.Second != "" {
		t.Fatalf("%+v, %v", arrival, err)
	}
	by, session, err := i.SessionActor(t.Context(), arrival.Entry.Token)
	if err != nil || by.User != ann.User || session.Method != i.idp.URL {
		t.Fatalf("%+v by %q: %v", by, session.Method, err)
	}
	list, err := i.Identities(t.Context(), by)
	if err != nil || len(list) != 1 || list[0].Shown != "ann@acme.example" || list[0].Provider != "Acme" || !list[0].Seen.Equal(i.clock.Now()) {
		t.Fatalf("%+v, %v", list, err)
	}
	if providers, err := i.Providers(t.Context(), operator); err != nil || providers[0].Proved.IsZero() || providers[0].Secret != "" || !providers[0].HasSecret {
		t.Errorf("%+v, %v", providers, err)
	}
	_, err = i.RemoveIdentity(t.Context(), now, list[0].ID)
	wantCode(t, "removing it an hour after the last proof", err, hearth.Denied)
	if _, err := i.RemoveIdentity(t.Context(), by, list[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err = i.signIn()
	i.refuses("an identity that was removed", access.NobodyHere, err)
}

// proves ID1: whatever a provider says instead of the truth, nobody comes in, and
// it is on record. The identity it lies about is connected, and strangers of the
// domain are admitted, so that each lie would be worth something.
func TestNoLieOfAProviderSignsInAnybody(t *testing.T) {
	t.Parallel()
	patient, hasty := openLiar(t, time.Minute), openLiar(t, 3*time.Second)
	for _, lie := range fake.Lies() {
		i := patient
		if lie.Slow {
			i = hasty
		}
		i.clock.advance(time.Hour) // past limits; the description is asked for anew
		if lie.Path == "/keys" {
			i.idp.Rotate(lie.Name) // and so are the keys
		}
		asked := i.idp.Hits(lie.Path)
		sessions, users, identities := i.count("session"), i.count("users"), i.count("identity")
		i.idp.Lies(lie)
		_, err := i.signIn()
		i.refuses(lie.Name, openid.Reason(lie.Why), err)
		if i.count("session") != sessions || i.count("users") != users || i.count("identity") != identities {
			t.Errorf("%s: somebody is in, or known now", lie.Name)
		}
		if i.idp.Hits(lie.Path) == asked {
			t.Errorf("%s: nobody asked for %s", lie.Name, lie.Path)
		}
	}
	patient.idp.Lies(fake.Lie{})
	patient.clock.advance(time.Hour)
	if _, err := patient.signIn(); err != nil {
		t.Errorf("the truth, after all lies: %v", err)
	}
}

func openLiar(t *testing.T, patience time.Duration) *inn {
	t.Helper()
	i := openInn(t, patience)
	ann := i.owner()
	i.add(func(d *access.ProviderDraft) { d.Admit, d.Domains = access.Admin, []string{"acme.example"} })
	i.connect(ann)
	return i
}

// proves ID3 for the way back: once, in the browser that went, within ten minutes,
// and after a restart as well.
func TestTheWayBackIsGoneOnce(t *testing.T) {
	t.Parallel()
	location := dbtest.Location(t)
	i := openInnAt(t, location, time.Minute)
	i.connectOwner()
	stranger := access.Actor{}
	sign := access.Trip{Errand: access.ToSignIn, Back: "/mentions"}
	b := &browser{}
	r, err := i.there(b, stranger, sign)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	in, out := 0, 0
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			arrival, err := i.FromProvider(t.Context(), home, stranger, b.secret, r)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && arrival.Back == "/mentions":
				in++
			case why(err) == access.WrongState:
				out++
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if in != 1 || out != 7 {
		t.Errorf("%d came in and %d did not", in, out)
	}
	r, _ = i.there(b, stranger, sign)
	_, err = i.FromProvider(t.Context(), home, stranger, "", r)
	i.refuses("a browser that keeps nothing", access.WrongState, err)
	r, _ = i.there(b, stranger, sign)
	other := &browser{}
	if _, err := i.there(other, stranger, sign); err != nil {
		t.Fatal(err)
	}
	_, err = i.FromProvider(t.Context(), home, stranger, other.secret, r)
	i.refuses("another browser", access.WrongState, err)
	r, _ = i.there(b, stranger, sign)
	i.clock.advance(11 * time.Minute)
	_, err = i.FromProvider(t.Context(), home, stranger, b.secret, r)
	i.refuses("eleven minutes later", access.WrongState, err)
	r, _ = i.there(b, stranger, sign)
	r.Issuer = "https://login.evil.example"
	_, err = i.FromProvider(t.Context(), home, stranger, b.secret, r)
	i.refuses("a mix-up", openid.MixedUp, err)

	r, _ = i.there(b, stranger, sign)
	again, err := access.Open(t.Context(), i.options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.FromProvider(t.Context(), home, stranger, b.secret, r); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func (i *inn) connectOwner() access.Actor {
	i.t.Helper()
	ann := i.owner()
	i.add(nil)
	return i.connect(ann)
}

func TestTheSecondFactorIsStillAskedFor(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	ann := i.connectOwner()
	app, err := i.BeginAuthenticator(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := i.EnableAuthenticator(t.Context(), ann, app.Ticket, code(t, app.Secret, i.clock.Now())); err != nil {
		t.Fatal(err)
	}
	arrival, err := i.signIn()
	if err != nil || arrival.Entry.Token != "" || arrival.Entry.Second == "" {
		t.Fatalf("%+v, %v", arrival, err)
	}
	i.clock.advance(time.Minute)
	e, err := i.SecondFactor(t.Context(), home, arrival.Entry.Second, code(t, app.Secret, i.clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	if _, s, err := i.SessionActor(t.Context(), e.Token); err != nil || s.Method != i.idp.URL {
		t.Errorf("%+v, %v", s, err)
	}
	d := i.draft()
	d.Second, d.Secret = true, ""
	if i.at, err = i.ChangeProvider(t.Context(), operator, i.at.ID, i.at.Version, d); err != nil {
		t.Fatal(err)
	}
	if arrival, err = i.signIn(); err != nil || arrival.Entry.Token == "" {
		t.Errorf("the owner said that the provider's does: %+v, %v", arrival, err)
	}
}

func TestAnInvitationIsUsedByAProvider(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	i.owner()
	i.add(nil)
	invite := func(mail string) string {
		_, token, err := i.Invite(t.Context(), operator, access.InvitationDraft{Role: access.Lead, Mail: mail})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	link := invite("")
	i.idp.Person["preferred_username"] = "ann" // which is taken
	arrival, err := i.trip(&browser{}, access.Actor{}, access.Trip{Errand: access.ToSignIn, Invitation: link})
	if err != nil {
		t.Fatal(err)
	}
	if by := i.actor(arrival.Entry); by.Role != access.Lead || by.Name != "ann-2" {
		t.Errorf("%+v", by)
	}
	i.idp.Person["sub"] = "1002"
	_, err = i.trip(&browser{}, access.Actor{}, access.Trip{Errand: access.ToSignIn, Invitation: link})
	i.refuses("an invitation that was used", access.NobodyHere, err)
	i.idp.Person["sub"] = "1001"
	_, err = i.trip(&browser{}, access.Actor{}, access.Trip{Errand: access.ToSignIn, Invitation: invite("")})
	i.refuses("an invitation for somebody who is here", access.InHereAlready, err)

	// An invitation to an address counts where the owner said so.
	i.idp.Person["sub"], i.idp.Person["email"] = "1003", "Cat@Acme.example"
	invite("cat@acme.example")
	_, err = i.signIn()
	i.refuses("an address where no domain counts", access.NobodyHere, err)
	d := i.draft()
	d.Secret, d.Domains = "", []string{"Acme.example"}
	if i.at, err = i.ChangeProvider(t.Context(), operator, i.at.ID, i.at.Version, d); err != nil {
		t.Fatal(err)
	}
	i.idp.Person["email_verified"] = false
	_, err = i.signIn()
	i.refuses("an address that is not verified", access.NobodyHere, err)
	i.idp.Person["email_verified"] = true
	if arrival, err = i.signIn(); err != nil || i.actor(arrival.Entry).Role != access.Lead {
		t.Errorf("%+v, %v", arrival, err)
	}
}

// proves ID1 against people who gave themselves an address: it proves nothing.
func TestTheAddressOfAnAccountMatchesNobody(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	ann := i.owner()
	account, err := i.Account(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	account.Profile.Mail = "ann@acme.example"
	if err := i.ChangeAccount(t.Context(), ann, account.Version, account.Profile); err != nil {
		t.Fatal(err)
	}
	i.add(func(d *access.ProviderDraft) { d.Admit, d.Domains = access.Viewer, []string{"acme.example"} })
	arrival, err := i.signIn()
	if err != nil {
		t.Fatal(err)
	}
	if by := i.actor(arrival.Entry); by.User == ann.User || by.Role != access.Viewer {
		t.Errorf("%+v is who owns the address here", by)
	}
}

func TestGroupsDecideWhatPeopleAre(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	i.owner()
	i.add(func(d *access.ProviderDraft) {
		d.Admit, d.Claim, d.Groups = access.Viewer, "groups", []access.Group{{Name: "support", Role: access.Agent}, {Name: "heads", Role: access.Lead}}
	})
	_, err := i.signIn()
	i.refuses("somebody of no group", access.WrongGroup, err)
	i.idp.Person["groups"] = []string{"kitchen"}
	_, err = i.signIn()
	i.refuses("somebody of another group", access.WrongGroup, err)
	i.idp.Person["groups"] = "support"
	first, err := i.signIn()
	if err != nil || i.actor(first.Entry).Role != access.Agent {
		t.Fatalf("%+v, %v", first, err)
	}
	i.idp.Person["groups"] = []string{"support", "heads"}
	second, err := i.signIn()
	if err != nil || i.actor(second.Entry).Role != access.Lead {
		t.Fatalf("%+v, %v", second, err)
	}
	if _, _, err := i.SessionActor(t.Context(), first.Entry.Token); err == nil {
		t.Error("the session of the role before lives on")
	}
	delete(i.idp.Person, "groups")
	_, err = i.signIn()
	i.refuses("somebody who left all groups", access.WrongGroup, err)
	i.idp.Person["groups"] = []string{"support"}
	list, err := i.Users(t.Context(), operator)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, u := range list {
		if u.Role == access.Lead {
			if _, err := i.DisableUser(t.Context(), operator, u.User, u.Version); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, err = i.signIn()
	i.refuses("somebody who is switched off", access.PersonOff, err)
}

func TestAProviderProvesAgainWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	i.connectOwner()
	arrival, err := i.signIn()
	if err != nil {
		t.Fatal(err)
	}
	i.clock.advance(time.Hour)
	ann := i.actor(arrival.Entry)
	prove := access.Trip{Errand: access.ToProve, Back: "/settings/keys", Again: true, Form: []access.FormField{{Name: "name", Value: "<b>"}}}
	i.idp.Lies(fake.Lie{Claims: func(p *fake.Provider, c fake.Claims) { c["auth_time"] = p.Clock().Add(-time.Hour).Unix() }})
	_, err = i.trip(&browser{}, ann, prove)
	i.refuses("a proof of an hour ago", openid.Stale, err)
	i.idp.Lies(fake.Lie{})
	i.idp.Person["sub"] = "somebody else"
	_, err = i.trip(&browser{}, ann, prove)
	i.refuses("the proof of somebody else", access.OtherPerson, err)
	i.idp.Person["sub"] = "1001"
	b := &browser{}
	r, err := i.there(b, ann, prove)
	if err != nil {
		t.Fatal(err)
	}
	_, err = i.FromProvider(t.Context(), home, access.Actor{}, b.secret, r)
	i.refuses("a proof without the session", access.WrongState, err)
	if i.actor(arrival.Entry).CheckFresh(i.clock.Now()) == nil {
		t.Fatal("something proved who it is")
	}
	back, err := i.trip(b, ann, prove)
	if err != nil || back.Back != "/settings/keys" || !back.Again || len(back.Form) != 1 || back.Form[0].Value != "<b>" || back.Entry.Token != "" {
		t.Fatalf("%+v, %v", back, err)
	}
	if err := i.actor(arrival.Entry).CheckFresh(i.clock.Now()); err != nil {
		t.Error(err)
	}
}

func TestAnIdentityIsOnePersons(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	i.connectOwner()
	_, link, err := i.Invite(t.Context(), operator, access.InvitationDraft{Role: access.Agent})
	if err != nil {
		t.Fatal(err)
	}
	e, err := i.AcceptInvitation(t.Context(), home, link, access.Draft{Name: "ben", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	_, err = i.trip(&browser{}, i.actor(e), access.Trip{Errand: access.ToConnect})
	i.refuses("the identity of somebody else", access.TakenAlready, err)
	i.clock.advance(time.Hour)
	_, err = i.trip(&browser{}, i.actor(e), access.Trip{Errand: access.ToConnect})
	if !errors.Is(err, access.ErrProve) {
		t.Errorf("connecting an hour after the last proof: %v", err)
	}
}

func TestPasswordsAreSwitchedOffOnceAProviderIsProved(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	ann := i.owner()
	i.add(nil)
	wantCode(t, "before anybody came in by it", i.SetPasswordSignIn(t.Context(), ann, false), hearth.Conflict)
	ann = i.connect(ann)
	if err := i.SetPasswordSignIn(t.Context(), ann, false); err != nil {
		t.Fatal(err)
	}
	_, err := i.SignIn(t.Context(), home, "ann", password)
	wantCode(t, "a password", err, hearth.Denied)
	if doors, err := i.Doors(t.Context()); err != nil || doors.Password || len(doors.Providers) != 1 {
		t.Errorf("%+v, %v", doors, err)
	}
	_, link, err := i.Invite(t.Context(), operator, access.InvitationDraft{Role: access.Agent})
	if err != nil {
		t.Fatal(err)
	}
	_, err = i.AcceptInvitation(t.Context(), home, link, access.Draft{Name: "ben", Password: password})
	wantCode(t, "a password for an invitation", err, hearth.Denied)
	d := i.draft()
	d.Enabled = false
	_, err = i.ChangeProvider(t.Context(), ann, i.at.ID, i.at.Version, d)
	wantCode(t, "switching the only way in off", err, hearth.Conflict)
	d = i.draft()
	_, err = i.ChangeProvider(t.Context(), ann, i.at.ID, i.at.Version, d)
	if err != nil {
		i.clock.advance(time.Second)
	}
	list, err := i.Identities(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	_, err = i.RemoveIdentity(t.Context(), ann, list[0].ID)
	wantCode(t, "removing the last way in", err, hearth.Conflict)
	if _, err := i.signIn(); err != nil {
		t.Error(err)
	}
	if err := i.SetPasswordSignIn(t.Context(), operator, true); err != nil {
		t.Fatal(err)
	}
	if _, err := i.SignIn(t.Context(), home, "ann", password); err != nil {
		t.Errorf("after the operator switched passwords on: %v", err)
	}
}

func TestAProviderThatIsSwitchedOffEndsItsSessions(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	i.connectOwner()
	arrival, err := i.signIn()
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, "removing it while it is on", i.RemoveProvider(t.Context(), operator, i.at.ID, i.at.Version), hearth.Conflict)
	b := &browser{}
	r, err := i.there(b, access.Actor{}, access.Trip{Errand: access.ToSignIn})
	if err != nil {
		t.Fatal(err)
	}
	d := i.draft()
	d.Enabled, d.Secret, d.Issuer = false, "", ""
	if i.at, err = i.ChangeProvider(t.Context(), operator, i.at.ID, i.at.Version, d); err != nil {
		t.Fatal(err)
	}
	if _, _, err := i.SessionActor(t.Context(), arrival.Entry.Token); err == nil {
		t.Error("its session lives on")
	}
	_, err = i.FromProvider(t.Context(), home, access.Actor{}, b.secret, r)
	i.refuses("somebody who was on the way", access.SwitchedOff, err)
	_, err = i.signIn()
	wantCode(t, "setting out", err, hearth.NotFound)
	if err := i.RemoveProvider(t.Context(), operator, i.at.ID, i.at.Version); err != nil {
		t.Fatal(err)
	}
	if n := i.count("identity"); n != 0 {
		t.Errorf("%d identities are left", n)
	}
}

func TestSettingsOfAProviderAreLookedAt(t *testing.T) {
	t.Parallel()
	i := openInn(t, time.Minute)
	ann := i.owner()
	for at, change := range map[string]func(*access.ProviderDraft){
		"name":      func(d *access.ProviderDraft) { d.Name = "\u202e" },
		"issuer":    func(d *access.ProviderDraft) { d.Issuer = "http://login.acme.example" },
		"client_id": func(d *access.ProviderDraft) { d.ClientID = "" },
		"secret":    func(d *access.ProviderDraft) { d.Secret = strings.Repeat("x", 1001) },
		"scopes":    func(d *access.ProviderDraft) { d.Scopes = []string{"a b"} },
		"domains":   func(d *access.ProviderDraft) { d.Domains = []string{"@acme.example"} },
		"groups": func(d *access.ProviderDraft) {
			d.Claim, d.Groups = "groups", []access.Group{{Name: "heads", Role: access.Owner}}
		},
		"admit": func(d *access.ProviderDraft) { d.Admit = access.Agent },
	} {
		d := i.draft()
		change(&d)
		_, err := i.AddProvider(t.Context(), ann, d)
		wantCode(t, at, err, hearth.Invalid)
		if got := field(err); got != at {
			t.Errorf("%s: the field is %q", at, got)
		}
	}
	i.add(nil)
	_, err := i.AddProvider(t.Context(), ann, i.draft())
	wantCode(t, "the same again", err, hearth.Conflict)
	d := i.draft()
	d.Issuer = "https://login.acme.example"
	_, err = i.ChangeProvider(t.Context(), ann, i.at.ID, i.at.Version, d)
	wantCode(t, "another issuer", err, hearth.Invalid)
	_, err = i.ChangeProvider(t.Context(), ann, i.at.ID, i.at.Version+1, i.draft())
	wantCode(t, "an old version", err, hearth.Conflict)
	i.clock.advance(time.Hour)
	if _, err = i.AddProvider(t.Context(), ann, i.draft()); !errors.Is(err, access.ErrProve) {
		t.Errorf("an hour after the last proof: %v", err)
	}
	said, err := i.TryProvider(t.Context(), ann, i.at.ID)
	if err != nil || said.Keys != 3 {
		t.Errorf("%+v, %v", said, err)
	}
	var sealed string
	err = i.state.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT secret FROM provider`).Scan(&sealed) })
	if err != nil || sealed == "" || strings.Contains(sealed, "invented") {
		t.Errorf("the secret is kept as %q: %v", sealed, err)
	}
	log, err := i.AuditLog(t.Context(), operator, access.AuditSearch{Verb: "provider."})
	if err != nil || len(log.Lines) == 0 || strings.Contains(log.Lines[0].Now, "secret") {
		t.Errorf("%+v, %v", log, err)
	}
}
