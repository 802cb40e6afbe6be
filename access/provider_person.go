package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hearth"
	"hearth/access/openid"
	"hearth/db"
)

// comeIn begins the session of somebody who is known by a provider.
func (a *Access) comeIn(tx *db.Tx, c Caller, p *Provider, user hearth.UserID, who *openid.Person) (e Entry, err error) {
	u, err := readAccount(tx, "id = ?", int64(user))
	if err != nil {
		return e, err
	}
	if list, err := memberships(tx, user); err != nil {
		return e, err
	} else if len(list) == 0 {
		return e, turnedAway(PersonOff, u.name)
	}
	if err := a.follow(tx, p, user, who); err != nil {
		return e, err
	}
	if u.totp != "" && !p.Second {
		e.User = u.id
		if e.Second, err = a.issue(tx, forSecond, u.id, p.Issuer, secondLife); err != nil {
			return e, err
		}
		return e, a.keepIdentity(tx, p, user, who)
	}
	if err := a.keepIdentity(tx, p, user, who); err != nil {
		return e, err
	}
	return a.enter(tx, u, c, p.Issuer)
}

// follow gives somebody the role of their groups in the first workspace. Owners
// stay what they are; without a group that counts nobody else comes in.
func (a *Access) follow(tx *db.Tx, p *Provider, user hearth.UserID, who *openid.Person) error {
	if len(p.Groups) == 0 {
		return nil
	}
	m, err := readMember(tx, hearth.DefaultWorkspace, user)
	if hearth.ErrorCode(err) == hearth.NotFound {
		return nil
	}
	if err != nil || m.Role == Owner {
		return err
	}
	role := p.roleOf(who.Groups)
	if role == "" {
		return turnedAway(WrongGroup, shownAs(who))
	}
	if role == m.Role {
		return nil
	}
	was := m.state()
	by := Actor{Workspace: hearth.DefaultWorkspace, Kind: Local, Name: p.Name, known: true}
	may, err := a.mayFollow(tx, by, p, &m, role)
	if err != nil || !may {
		return err
	}
	m.Role = role
	_, err = tx.Exec(`UPDATE member SET role = ?, version = version + 1 WHERE workspace_id = ? AND user_id = ?`, string(role), int64(hearth.DefaultWorkspace), int64(user))
	if err != nil {
		return err
	}
	if err := a.bump(tx, user); err != nil {
		return err
	}
	return a.audit(tx, by, "user.role", Of("user", user), was, m.state())
}

// mayFollow says whether somebody gets the role of their groups now. Where roles
// take four eyes, one that does more than the present one is asked for, and somebody
// stays what they are until it is approved and they sign in again; what a role takes
// away, it takes at once.
func (a *Access) mayFollow(tx *db.Tx, by Actor, p *Provider, m *Member, role Role) (bool, error) {
	if m.Role.covers(role) {
		return true, nil
	}
	next := *m
	next.Role = role
	err := Claim(tx, a.o.Clock(), by, Action{
		Area: AreaRoles, Verb: "user.role", Object: Of("user", m.User), Needs: WriteUsers, Gives: []Role{m.Role, role}, Was: m.state(), Now: next.state(),
		Bound: struct {
			Provider ProviderID
			User     hearth.UserID
			Was, Now Role
		}{p.ID, m.User, m.Role, role},
	})
	var u *unapproved
	if !errors.As(err, &u) {
		return err == nil, err
	}
	if _, err = ask(tx, u); hearth.ErrorCode(err) == hearth.TooMany {
		return false, nil // it is asked when they next sign in
	}
	return false, err
}

// roleOf is the highest role that groups give; "": none.
func (p *Provider) roleOf(groups []string) Role {
	for _, role := range Roles() {
		for _, g := range p.Groups {
			if g.Role == role && slices.Contains(groups, g.Name) {
				return role
			}
		}
	}
	return ""
}

// comeNew makes a person of somebody whom nobody here knows: by an invitation
// that they hold, by one to their verified address, or as the provider's terms
// admit people.
func (a *Access) comeNew(tx *db.Tx, c Caller, p *Provider, invitation []byte, who *openid.Person) (e Entry, err error) {
	if invitation == nil {
		if invitation, err = a.invitedAt(tx, p, who); err != nil {
			return e, err
		}
	}
	role := Role("")
	if invitation == nil {
		if role, err = p.admits(who); err != nil {
			return e, err
		}
	}
	d := Draft{FullName: who.Name, Mail: who.Mail}
	if !who.Verified || checkMail(d.Mail) != nil {
		d.Mail = ""
	}
	if d.Name, err = freeName(tx, who); err != nil {
		return e, err
	}
	if d.FullName == "" || checkPerson(d.FullName, "") != nil {
		d.FullName = d.Name
	}
	id, err := a.addUser(tx, &d, "")
	if err != nil {
		return e, err
	}
	if invitation != nil {
		_, err = a.useInvitationOf(tx, invitation, id)
	} else if err = hasRoom(tx, hearth.DefaultWorkspace); err == nil {
		err = a.joinBy(tx, p, id, role, who)
	}
	if hearth.ErrorCode(err) == hearth.Denied {
		return e, turnedAway(NobodyHere, "the invitation does not hold any more")
	}
	if err != nil {
		return e, err
	}
	if err := a.keepIdentity(tx, p, id, who); err != nil {
		return e, err
	}
	return a.enter(tx, account{id: id, name: d.Name}, c, p.Issuer)
}

// joinBy lets somebody new into the first workspace. Where roles take four eyes,
// they look only, until the role of their groups is approved.
func (a *Access) joinBy(tx *db.Tx, p *Provider, user hearth.UserID, role Role, who *openid.Person) error {
	f, err := readFourEyes(tx, hearth.DefaultWorkspace)
	if err != nil || !f.On(AreaRoles) || len(p.Groups) == 0 || Viewer.covers(role) {
		return errors.Join(err, a.join(tx, hearth.DefaultWorkspace, user, role))
	}
	if err := a.join(tx, hearth.DefaultWorkspace, user, Viewer); err != nil {
		return err
	}
	return a.follow(tx, p, user, who)
}

// counts says whether somebody has a verified address of a domain that counts.
func (p *Provider) counts(who *openid.Person) bool {
	_, domain, ok := strings.Cut(who.Mail, "@")
	return ok && who.Verified && slices.Contains(p.Domains, strings.ToLower(domain))
}

// invitedAt is the hash of the one open invitation to somebody's address, which
// has to be verified and of a domain that the owner named; nil: there is none.
func (a *Access) invitedAt(tx *db.Tx, p *Provider, who *openid.Person) (found []byte, err error) {
	if !p.counts(who) {
		return nil, nil
	}
	rows, err := tx.Query(`SELECT hash FROM invitation WHERE lower(mail) = ? AND used = 0 AND withdrawn = 0 AND expires > ? ORDER BY created, id LIMIT 2`,
		strings.ToLower(who.Mail), db.Micros(a.o.Clock()))
	if err != nil {
		return nil, err
	}
	n := 0
	err = db.EachRow(rows, func() error { n++; return rows.Scan(&found) })
	if n != 1 {
		found = nil // two would leave it to chance
	}
	return found, err
}

// admits is the role of somebody whom nobody invited.
func (p *Provider) admits(who *openid.Person) (Role, error) {
	if p.Admit == "" {
		return "", turnedAway(NobodyHere, shownAs(who))
	}
	if len(p.Domains) > 0 && !p.counts(who) {
		return "", turnedAway(WrongMail, shownAs(who))
	}
	if len(p.Groups) == 0 {
		return p.Admit, nil
	}
	role := p.roleOf(who.Groups)
	if role == "" {
		return "", turnedAway(WrongGroup, shownAs(who))
	}
	return role, nil
}

// freeName is a name to sign in with that nobody has: the one that the provider
// prefers, the beginning of the address, or a number.
func freeName(tx *db.Tx, who *openid.Person) (string, error) {
	local, _, _ := strings.Cut(who.Mail, "@")
	base := "user"
	for _, name := range []string{who.Login, local} {
		if name = loginName(name); len(name) <= 56 && nameForm.MatchString(name) {
			base = name
			break
		}
	}
	for n := 1; n <= 1000; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		var taken int64
		if err := tx.QueryRow(`SELECT count(*) FROM users WHERE name = ?`, name).Scan(&taken); err != nil {
			return "", err
		}
		if taken == 0 {
			return name, nil
		}
	}
	return "", hearth.Errorf(hearth.Conflict, "A thousand people here are named %q already.", base)
}

// connect lets a person who is signed in, and proved it just now, come in by a
// provider from now on (ID1).
func (a *Access) connect(tx *db.Tx, by Actor, p *Provider, known hearth.UserID, who *openid.Person) (e Entry, err error) {
	if known != 0 && known != by.User {
		return e, turnedAway(TakenAlready, shownAs(who))
	}
	if err := a.keepIdentity(tx, p, by.User, who); err != nil {
		return e, err
	}
	if e.Token, err = a.renewed(tx, by); err != nil {
		return e, err
	}
	return e, a.audit(tx, by, "identity.add", Of("identity", identityID(p.Issuer, who.Subject)), nil, identityState{p.Name, shownAs(who)})
}

// proveBy notes the proof of a person whom the provider has just asked anew.
func (a *Access) proveBy(tx *db.Tx, by Actor, p *Provider, known hearth.UserID, who *openid.Person) error {
	if known != by.User {
		return turnedAway(OtherPerson, shownAs(who))
	}
	if err := a.keepIdentity(tx, p, by.User, who); err != nil {
		return err
	}
	return a.proved(tx, by, p.Issuer)
}
