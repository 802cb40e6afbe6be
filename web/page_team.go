package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
)

// The pages of people.
const (
	teamPath  = "/settings/team"
	teamsPath = "/settings/teams"
)

// teamPage is who is in the workspace.
type teamPage struct {
	Done    *undo
	Filter  string
	All     int
	People  []personRow
	More    string // address of those who follow
	Invited []invitationRow
	Teams   []teamRow
	Write   bool
	Alone   bool // there is nobody else yet
}

// personRow is somebody in the workspace.
type personRow struct {
	ID          int64
	Link        string
	Name, Login string
	Mail        string
	Role        string
	Brands      int // for which the role differs
	Second      bool
	You         bool
	Disabled    bool
	SignedIn    moment
}

type invitationRow struct {
	ID      int64
	Mail    string
	Role    string
	Brand   string // that it is for; "": the whole workspace
	Expires moment
}

type teamRow struct {
	Link, Name string
	People     []string
	More       int
}

// undo says what was done, with the form that takes it back.
type undo struct {
	Sentence string
	Action   string // "": it cannot be taken back
	Fields   []doorField
}

const (
	peopleOnPage = 100
	namesOfTeam  = 5
)

// team lists people, invitations and teams.
func (web *Web) team(v *visit) error {
	users, err := web.o.Access.Users(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &teamPage{Filter: strings.TrimSpace(v.query("q")), All: len(users), Write: v.by.May(access.WriteUsers), Alone: len(users) < 2, Done: v.teamDone()}
	names := map[hearth.UserID]string{}
	after := v.query("after")
	for i := range users {
		u := &users[i]
		names[u.User] = shorten(40, u.FullName)
		if u.Name <= after || !holdsFold(u.Name, p.Filter) && !holdsFold(u.FullName, p.Filter) && !holdsFold(u.Mail, p.Filter) {
			continue
		}
		if len(p.People) == peopleOnPage {
			p.More = teamPath + "?" + url.Values{"q": {p.Filter}, "after": {p.People[peopleOnPage-1].Login}}.Encode()
			break
		}
		p.People = append(p.People, v.personRow(u))
	}
	if p.Write {
		invitations, err := web.o.Access.Invitations(v.ctx(), v.by)
		if err != nil {
			return err
		}
		brands, err := v.brandNames()
		if err != nil {
			return err
		}
		for _, i := range invitations {
			if i.Used.IsZero() && i.Withdrawn.IsZero() && v.now.Before(i.Expires) {
				p.Invited = append(p.Invited, invitationRow{i.ID, shorten(80, i.Mail), v.name("role", string(i.Role)), brands[i.Brand], v.when(i.Expires)})
			}
		}
	}
	teams, err := web.o.Access.Teams(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, t := range teams {
		row := teamRow{Link: teamsPath + "/" + t.ID.String(), Name: shorten(60, t.Name)}
		for i, user := range t.Members {
			if i == namesOfTeam {
				row.More = len(t.Members) - i
				break
			}
			row.People = append(row.People, names[user])
		}
		p.Teams = append(p.Teams, row)
	}
	return v.show("team", v.name("settings-title", "team"), p)
}

func (v *visit) personRow(u *access.Member) personRow {
	return personRow{
		ID: int64(u.User), Link: teamPath + "/" + u.User.String(), Name: shorten(60, u.FullName), Login: shorten(64, u.Name), Mail: shorten(80, u.Mail),
		Role: v.name("role", string(u.Role)), Brands: len(u.Brands), Second: u.Second, You: u.User == v.by.User, Disabled: !u.Disabled.IsZero(), SignedIn: v.when(u.SignedIn),
	}
}

// teamDone says what was just done to the team.
func (v *visit) teamDone() *undo {
	switch did := v.query("did"); did {
	case "withdrawn", "team-saved":
		return &undo{Sentence: v.name("team-did", did)}
	case "team-removed":
		d := &undo{Sentence: v.name("team-did", did), Action: teamsPath, Fields: []doorField{{Name: "name", Value: v.query("name")}}}
		for _, member := range v.r.URL.Query()["member"] {
			d.Fields = append(d.Fields, doorField{Name: "member", Value: member})
		}
		return d
	}
	return nil
}

// invitePage asks whom to let in, and then shows the link, once.
type invitePage struct {
	Form    *fieldset
	Link    string
	Role    string
	Brand   string // that it is for; "": the whole workspace
	Expires moment
	Teach   []roleLine
}

// roleLine says in a sentence what a role is for.
type roleLine struct{ Name, About string }

func (web *Web) newInvitation(v *visit) error {
	return v.showInvite(http.StatusOK, v.inviteForm())
}

func (v *visit) inviteForm() *fieldset {
	days := []choice{}
	for _, n := range []int{1, 7, 30} {
		days = append(days, choice{strconv.Itoa(n), v.say("span.days", "n", n), n == 7})
	}
	fields := []input{{Name: "role", Label: v.say("team.role"), Choices: v.givenRoles(access.Agent)}}
	fields = append(fields, v.ofBrand(v.say("team.invite.brand.help"))...)
	return &fieldset{
		ID: "invite", Action: teamPath + "/invite", Submit: v.say("team.invite.make"), Icon: "link", Cancel: teamPath,
		Fields: append(fields,
			input{Name: "mail", Label: v.say("team.invite.mail"), Type: "email", Help: v.say("team.invite.mail.help"), Max: 254},
			input{Name: "days", Label: v.say("team.invite.days"), Choices: days},
		),
	}
}

// givenRoles are the roles that the visitor may give.
func (v *visit) givenRoles(chosen access.Role) (list []choice) {
	for _, r := range access.Roles() {
		if v.by.Gives(r) || r == chosen {
			list = append(list, choice{string(r), v.name("role", string(r)), r == chosen})
		}
	}
	return list
}

func (v *visit) showInvite(status int, f *fieldset) error {
	p := &invitePage{Form: f}
	for _, r := range access.Roles() {
		p.Teach = append(p.Teach, roleLine{v.name("role", string(r)), v.name("role-about", string(r))})
	}
	return v.showAt(status, "invite", v.say("team.invite"), p)
}

// invite makes an invitation and shows its link.
func (web *Web) invite(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	days, _ := strconv.Atoi(form.Get("days"))
	brand, err := brandOf(form)
	if err != nil {
		return err
	}
	i, token, err := web.o.Access.Invite(v.ctx(), v.by, access.InvitationDraft{
		Role: access.Role(form.Get("role")), Brand: brand, Mail: form.Get("mail"), Life: time.Duration(min(days, 366)) * 24 * time.Hour,
	})
	if err != nil {
		f := v.inviteForm()
		if status, shown := f.refused(err, form); shown {
			return v.showInvite(status, f)
		}
		return err
	}
	brands, err := v.brandNames()
	if err != nil {
		return err
	}
	return v.showAt(http.StatusOK, "invite", v.say("team.invite"), &invitePage{
		Link: web.o.Access.Here(v.r) + "/invitation/" + token, Role: v.name("role", string(i.Role)), Brand: brands[i.Brand], Expires: v.when(i.Expires),
	})
}

// withdrawInvitation ends an invitation that nobody has used.
func (web *Web) withdrawInvitation(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := idOf(form.Get("id"), "There is no such invitation.")
	if err != nil {
		return err
	}
	if err := web.o.Access.WithdrawInvitation(v.ctx(), v.by, id); err != nil {
		return err
	}
	return v.back(teamPath + "?did=withdrawn")
}

// idOf reads the number of something; the sentence says that there is none.
func idOf(text, none string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, &hearth.Error{Code: hearth.NotFound, Message: none}
	}
	return id, nil
}

// oneTeamPage is a team that is changed, or is to be.
type oneTeamPage struct {
	ID     int64 // 0: it is to be
	Name   string
	Form   *fieldset
	People []personRow // of somebody who may only look
	Write  bool
}

// mostUndone is how many people of a team the undo of its removal remembers.
const mostUndone = 100

func (web *Web) oneTeam(v *visit) error {
	t, err := v.readTeam(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.showTeam(http.StatusOK, t, nil)
}

// readTeam finds a team; "new" is one that is to be.
func (v *visit) readTeam(text string) (t access.Team, err error) {
	if text == "new" || text == "" {
		return t, v.by.Check(access.WriteUsers)
	}
	id, err := idOf(text, "There is no such team.")
	if err != nil {
		return t, err
	}
	teams, err := v.web.o.Access.Teams(v.ctx(), v.by)
	if err != nil {
		return t, err
	}
	for _, t := range teams {
		if t.ID == access.TeamID(id) {
			return t, nil
		}
	}
	return t, hearth.Errorf(hearth.NotFound, "There is no such team.")
}

func (v *visit) showTeam(status int, t access.Team, wrong func(*fieldset) int) error {
	users, err := v.web.o.Access.Users(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := &oneTeamPage{ID: int64(t.ID), Name: shorten(60, t.Name), Write: v.by.May(access.WriteUsers)}
	members := []choice{}
	for i := range users {
		in := slices.Contains(t.Members, users[i].User)
		members = append(members, choice{users[i].User.String(), shorten(60, users[i].FullName), in})
		if in {
			p.People = append(p.People, v.personRow(&users[i]))
		}
	}
	if p.Write {
		p.Form = &fieldset{
			ID: "team", Action: teamsPath, Submit: v.say("act.save"), Icon: "save", Cancel: teamPath,
			Fields: []input{
				{Name: "name", Label: v.name("door-field", "name"), Value: t.Name, Required: true, Max: 100},
				{Name: "member", Label: v.say("team.members"), Several: members},
			},
		}
		if t.ID > 0 {
			p.Form.Hidden = []doorField{{Name: "id", Value: t.ID.String()}, {Name: "version", Value: strconv.FormatInt(t.Version, 10)}}
		}
		if wrong != nil {
			status = wrong(p.Form)
		}
	}
	title := p.Name
	if t.ID == 0 {
		title = v.say("team.new")
	}
	return v.showAt(status, "one-team", title, p)
}

// saveTeam adds a team, changes one, or takes one away.
func (web *Web) saveTeam(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	t, err := v.readTeam(form.Get("id"))
	if err != nil {
		return err
	}
	if form.Get("do") == "remove" {
		if err := web.o.Access.RemoveTeam(v.ctx(), v.by, t.ID); err != nil {
			return err
		}
		was := url.Values{"did": {"team-removed"}, "name": {t.Name}}
		for _, user := range t.Members[:min(len(t.Members), mostUndone)] {
			was.Add("member", user.String())
		}
		return v.back(teamPath + "?" + was.Encode())
	}
	var members []hearth.UserID
	for _, text := range form["member"] {
		id, err := idOf(text, "There is no such user.")
		if err != nil {
			return err
		}
		members = append(members, hearth.UserID(id))
	}
	if t.ID == 0 {
		_, err = web.o.Access.AddTeam(v.ctx(), v.by, form.Get("name"), members)
	} else {
		version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
		_, err = web.o.Access.ChangeTeam(v.ctx(), v.by, t.ID, version, form.Get("name"), members)
	}
	if err == nil {
		return v.back(teamPath + "?did=team-saved#teams")
	}
	again, shown := (&fieldset{}).refused(err, form)
	if !shown {
		return err
	}
	return v.showTeam(again, t, func(f *fieldset) int { f.refused(err, form); return again })
}
