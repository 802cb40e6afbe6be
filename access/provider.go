package access

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access/openid"
	"hearth/db"
)

// ProviderID is an identity provider's, in the installation.
type ProviderID int64

func (id ProviderID) String() string { return strconv.FormatInt(int64(id), 10) }

// Provider is an identity provider: people sign in by its word (OpenID Connect).
// It belongs to the installation; the owners of the first workspace look after it.
type Provider struct {
	ID      ProviderID
	Version int64
	ProviderDraft
	HasSecret bool      // Secret itself is never shown
	Callback  string    // the address that the provider has to know; "": Hearth does not know its own
	Changed   time.Time // the last time that its settings were
	Proved    time.Time // the last time since then that an owner came in by it; zero: none
}

// ProviderDraft is the settings of a provider.
type ProviderDraft struct {
	Name     string // on the button
	Issuer   string // cannot be changed: identities hang on it
	ClientID string
	Secret   string // of the client; "" when it is changed: as before
	Terms
	Enabled bool
}

// Terms say what is asked of a provider, and what its word is good for here.
type Terms struct {
	Scopes  []string `json:"scopes"`  // beside openid
	Domains []string `json:"domains"` // new people need a verified mail address of one of these; none: no address counts
	Admit   Role     `json:"admit"`   // of people nobody invited; "": they stay out
	Claim   string   `json:"claim"`   // that holds groups; "": none
	Groups  []Group  `json:"groups"`  // with them, roles in the first workspace follow the groups
	Second  bool     `json:"second"`  // its second factor does instead of ours
}

// Group is the role that a group at the provider gives; of several the highest.
type Group struct {
	Name string `json:"name"`
	Role Role   `json:"role"`
}

const (
	mostProviders = 20
	mostDomains   = 50
	mostGroups    = 100
	mostScopes    = 20
)

var (
	scopeForm  = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]{1,100}$`) // RFC 6749, 3.3
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)
)

// check tidies a draft and says what is wrong with it.
func (d *ProviderDraft) check() (err error) {
	if d.Name, err = checkName(d.Name); err != nil {
		return err
	}
	d.Issuer, d.ClientID = strings.TrimSpace(d.Issuer), strings.TrimSpace(d.ClientID)
	if err := openid.CheckIssuer(d.Issuer); err != nil {
		return err
	}
	wrong := func(field, format string, args ...any) error {
		return &hearth.Error{Code: hearth.Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
	}
	if d.ClientID == "" || len(d.ClientID) > 500 || hearth.Visible(d.ClientID) != d.ClientID {
		return wrong("client_id", "Write the client ID that the provider gave you.")
	}
	if len(d.Secret) > 1000 {
		return wrong("secret", "The secret is longer than 1,000 characters; is it another one?")
	}
	if len(d.Scopes) > mostScopes || slices.ContainsFunc(d.Scopes, func(s string) bool { return !scopeForm.MatchString(s) }) {
		return wrong("scopes", "Write up to %d scopes, such as email and profile, with spaces between.", mostScopes)
	}
	for i := range d.Domains {
		d.Domains[i] = strings.ToLower(d.Domains[i])
	}
	if len(d.Domains) > mostDomains || slices.ContainsFunc(d.Domains, func(s string) bool { return !domainForm.MatchString(s) }) {
		return wrong("domains", "Write up to %d domains of mail addresses, such as acme.example, with spaces between.", mostDomains)
	}
	if d.Claim = strings.TrimSpace(d.Claim); len(d.Claim) > 100 || hearth.Visible(d.Claim) != d.Claim {
		return wrong("claim", "Write the name of the claim that holds groups, such as groups.")
	}
	if len(d.Groups) > mostGroups {
		return wrong("groups", "Name at most %d groups.", mostGroups)
	}
	for _, g := range d.Groups {
		if g.Name == "" || len(g.Name) > 200 || hearth.Visible(g.Name) != g.Name || !g.Role.Known() || g.Role == Owner {
			return wrong("groups", "Write each group with a role below owner, such as support = agent. Owners are made by owners.")
		}
	}
	if (d.Claim == "") != (len(d.Groups) == 0) {
		return wrong("groups", "A claim and its groups belong together: give both, or neither.")
	}
	if d.Admit != "" && (!d.Admit.Known() || d.Admit == Owner) {
		return wrong("admit", "People nobody invited may become anything below owner, or stay out.")
	}
	if d.Admit != "" && len(d.Domains) == 0 && len(d.Groups) == 0 {
		return wrong("admit", "Name domains or groups first: else everybody with an account at the provider could come in.")
	}
	return nil
}

// house is nil for those who look after the installation: owners of the first
// workspace, and the operator. Keys do not say who comes in.
func (a Actor) house() error {
	if err := a.Check(WriteProviders); err != nil {
		return err
	}
	if a.Workspace != hearth.DefaultWorkspace || a.Kind == Key {
		return hearth.Errorf(hearth.Denied, "Only the owners of the first workspace decide how people sign in.")
	}
	return nil
}

// selectProvider asks for the first workspace, whose owners prove providers.
const selectProvider = `
SELECT p.id, p.version, p.name, p.issuer, p.client_id, p.secret, p.terms, p.enabled, p.changed, coalesce((
    SELECT max(i.seen) FROM identity i JOIN member m ON m.user_id = i.user_id
    WHERE i.issuer = p.issuer AND i.seen >= p.changed AND m.workspace_id = ? AND m.role = 'owner' AND m.disabled = 0), 0)
FROM provider p`

func (a *Access) scanProvider(row db.Scanner) (p Provider, err error) {
	var terms string
	var enabled, changed, proved int64
	if err := row.Scan(&p.ID, &p.Version, &p.Name, &p.Issuer, &p.ClientID, &p.Secret, &terms, &enabled, &changed, &proved); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(terms), &p.Terms); err != nil {
		return p, hearth.Errorf(hearth.Damaged, "The settings of the provider %d cannot be read; remove it and add it again.", p.ID)
	}
	p.Enabled, p.HasSecret, p.Changed, p.Proved = enabled == 1, p.Secret != "", db.FromMicros(changed), db.FromMicros(proved)
	if proved == 0 {
		p.Proved = time.Time{}
	}
	p.Callback, _ = a.callback()
	return p, nil
}

func (a *Access) readProvider(tx *db.Tx, id ProviderID) (Provider, error) {
	p, err := a.scanProvider(tx.QueryRow(selectProvider+` WHERE p.id = ?`, int64(hearth.DefaultWorkspace), int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		err = hearth.Errorf(hearth.NotFound, "There is no provider %d. See: hearth provider list", id)
	}
	return p, err
}

func (a *Access) eachProvider(tx *db.Tx, do func(*Provider)) error {
	rows, err := tx.Query(selectProvider+` ORDER BY p.name LIMIT ?`, int64(hearth.DefaultWorkspace), mostProviders)
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		p, err := a.scanProvider(rows)
		if err == nil {
			do(&p)
		}
		return err
	})
}

// Providers lists the identity providers by name.
func (a *Access) Providers(ctx context.Context, by Actor) (list []Provider, err error) {
	if err := by.house(); err != nil {
		return nil, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		return a.eachProvider(tx, func(p *Provider) {
			p.Secret = ""
			list = append(list, *p)
		})
	})
	return list, err
}

// providerState is a provider in the audit log: all but the secret.
type providerState struct {
	Name     string `json:"name"`
	Issuer   string `json:"issuer"`
	ClientID string `json:"client_id"`
	Terms
	Enabled bool `json:"enabled"`
}

func (d *ProviderDraft) state() providerState {
	return providerState{d.Name, d.Issuer, d.ClientID, d.Terms, d.Enabled}
}

// AddProvider adds a provider, by which nobody comes in until it is switched on.
func (a *Access) AddProvider(ctx context.Context, by Actor, d ProviderDraft) (p Provider, err error) {
	if err := by.house(); err != nil {
		return p, err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return p, err
	}
	if err := d.check(); err != nil {
		return p, err
	}
	err = Guarded(ctx, a.o.State, func(tx *db.Tx) error {
		var n int64
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1, count(*) FROM provider`).Scan(&p.ID, &n); err != nil {
			return err
		}
		if n >= mostProviders {
			return hearth.Errorf(hearth.Conflict, "There are %d providers, which is the limit. Remove one first.", n)
		}
		if err := providerIsFree(tx, &d, 0); err != nil {
			return err
		}
		sealed, err := a.sealProvider(p.ID, d.Secret)
		if err != nil {
			return err
		}
		terms, err := json.Marshal(d.Terms)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO provider (id, version, name, issuer, client_id, secret, terms, enabled, created, changed) VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)`,
			int64(p.ID), d.Name, d.Issuer, d.ClientID, sealed, string(terms), number01(d.Enabled), db.Micros(a.o.Clock()))
		if err != nil {
			return err
		}
		if p, err = a.readProvider(tx, p.ID); err != nil {
			return err
		}
		p.Secret = ""
		if err := a.claimProvider(tx, by, "provider.add", Object{Kind: "provider"}, 0, nil, &d); err != nil {
			return err
		}
		return a.audit(tx, by, "provider.add", Of("provider", p.ID), nil, d.state())
	})
	return p, err
}

// claimProvider is Claim for how people come in, and for what their groups make
// them. Whoever approves must be able to give each of the roles.
func (a *Access) claimProvider(tx *db.Tx, by Actor, verb string, object Object, version int64, was any, d *ProviderDraft) error {
	var gives []Role
	if d.Admit != "" {
		gives = append(gives, d.Admit)
	}
	for _, g := range d.Groups {
		if !slices.Contains(gives, g.Role) {
			gives = append(gives, g.Role)
		}
	}
	return Claim(tx, a.o.Clock(), by, Action{
		Area: AreaRoles, Verb: verb, Object: object, Needs: WriteProviders, Gives: gives, Was: was, Now: d.state(),
		Bound: struct {
			Version int64
			State   providerState
		}{version, d.state()},
		Secret: d.Secret,
	})
}

// onlySwitchedOff says that a change does nothing but keep people out: that waits
// for nobody.
func onlySwitchedOff(was providerState, d ProviderDraft) bool {
	if d.Secret != "" {
		return false
	}
	now := d.state()
	now.Enabled = was.Enabled
	before, err := json.Marshal(was)
	after, err2 := json.Marshal(now)
	return err == nil && err2 == nil && bytes.Equal(before, after)
}

func number01(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// providerIsFree is nil if no other provider has the name or the issuer.
func providerIsFree(tx *db.Tx, d *ProviderDraft, but ProviderID) error {
	for _, one := range []struct{ field, value, sentence string }{
		{"name", d.Name, "There is a provider of this name already."},
		{"issuer", d.Issuer, "This issuer is set up already; change that provider."},
	} {
		var n int64
		if err := tx.QueryRow(`SELECT count(*) FROM provider WHERE `+one.field+` = ? AND id <> ?`, one.value, int64(but)).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return &hearth.Error{Code: hearth.Conflict, Field: one.field, Message: one.sentence}
		}
	}
	return nil
}

// The secret of a client is sealed for the provider that it belongs to.
func (a *Access) sealProvider(id ProviderID, secret string) (string, error) {
	if secret == "" {
		return "", nil
	}
	return a.sealer.seal(0, "provider "+id.String(), []byte(secret))
}

func (a *Access) openProvider(p *Provider) (string, error) {
	if p.Secret == "" {
		return "", nil
	}
	secret, err := a.sealer.open(0, "provider "+p.ID.String(), p.Secret)
	if err != nil {
		return "", hearth.Errorf(hearth.Damaged, "The client secret of %s cannot be opened with the key of this Hearth. Restore the key file, or set the secret again.", p.Name)
	}
	return string(secret), nil
}

// ChangeProvider gives a provider other settings, in the place of all that it had;
// the issuer stays. Switched off, nobody comes in by it, and whoever did is out.
func (a *Access) ChangeProvider(ctx context.Context, by Actor, id ProviderID, version int64, d ProviderDraft) (p Provider, err error) {
	if err := by.house(); err != nil {
		return p, err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return p, err
	}
	err = Guarded(ctx, a.o.State, func(tx *db.Tx) error {
		if p, err = a.readProvider(tx, id); err != nil {
			return err
		}
		if p.Version != version {
			return changedMeanwhile(p.Version, version)
		}
		was := p.state()
		if d.Issuer == "" {
			d.Issuer = p.Issuer
		}
		if err := d.check(); err != nil {
			return err
		}
		if d.Issuer != p.Issuer {
			return &hearth.Error{Code: hearth.Invalid, Field: "issuer", Message: "People are known by the issuer; for another one, add another provider."}
		}
		if err := providerIsFree(tx, &d, id); err != nil {
			return err
		}
		sealed := p.Secret
		if d.Secret != "" {
			if sealed, err = a.sealProvider(id, d.Secret); err != nil {
				return err
			}
		}
		terms, err := json.Marshal(d.Terms)
		if err != nil {
			return err
		}
		changed := db.Micros(p.Changed)
		if d.Secret != "" || d.ClientID != p.ClientID { // what was proved before says nothing any more
			changed = db.Micros(a.o.Clock())
		}
		_, err = tx.Exec(`UPDATE provider SET version = version + 1, name = ?, client_id = ?, secret = ?, terms = ?, enabled = ?, changed = ? WHERE id = ?`,
			d.Name, d.ClientID, sealed, string(terms), number01(d.Enabled), changed, int64(id))
		if err != nil {
			return err
		}
		if p.Enabled && !d.Enabled {
			if err := endSessionsBy(tx, p.Issuer, by); err != nil {
				return err
			}
		}
		if err := stillAWayIn(tx); err != nil {
			return err
		}
		if p, err = a.readProvider(tx, id); err != nil {
			return err
		}
		p.Secret = ""
		if d.Enabled || !onlySwitchedOff(was, d) {
			if err := a.claimProvider(tx, by, "provider.change", Of("provider", id), version, was, &d); err != nil {
				return err
			}
		}
		return a.audit(tx, by, "provider.change", Of("provider", id), was, d.state())
	})
	return p, err
}

// endSessionsBy ends the sessions that began by a provider, but for that of
// whoever does it.
func endSessionsBy(tx *db.Tx, issuer string, by Actor) error {
	_, err := tx.Exec(`DELETE FROM session WHERE method = ? AND id <> ?`, issuer, int64(by.Session))
	return err
}

// RemoveProvider takes away a provider that is switched off, with all identities
// that people have by it.
func (a *Access) RemoveProvider(ctx context.Context, by Actor, id ProviderID, version int64) error {
	if err := by.house(); err != nil {
		return err
	}
	if err := by.CheckFresh(a.o.Clock()); err != nil {
		return err
	}
	return a.o.State.Write(ctx, func(tx *db.Tx) error {
		p, err := a.readProvider(tx, id)
		if err != nil {
			return err
		}
		if p.Version != version {
			return changedMeanwhile(p.Version, version)
		}
		if p.Enabled {
			return hearth.Errorf(hearth.Conflict, "People sign in by %s. Switch it off first; that can be undone, and this cannot.", p.Name)
		}
		for _, statement := range []string{`DELETE FROM identity WHERE issuer = ?`, `DELETE FROM provider WHERE issuer = ?`} {
			if _, err := tx.Exec(statement, p.Issuer); err != nil {
				return err
			}
		}
		return a.audit(tx, by, "provider.remove", Of("provider", id), p.state(), nil)
	})
}

// TryProvider asks a provider anew what it says of itself, and for its keys. What
// is wrong with it is an openid.Refusal.
func (a *Access) TryProvider(ctx context.Context, by Actor, id ProviderID) (said openid.Said, err error) {
	if err := by.house(); err != nil {
		return said, err
	}
	if err := a.take(ctx, map[string]limit{"provider/try": limitTrials}); err != nil {
		return said, err
	}
	var p Provider
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		p, err = a.readProvider(tx, id)
		return err
	})
	if err != nil {
		return said, err
	}
	if a.party == nil {
		return said, errNoParty
	}
	return a.party.Look(ctx, p.Issuer)
}

var errNoParty = &hearth.Error{Code: hearth.Unavailable, Message: "This Hearth has no way out to providers."}
