package web

import (
	"net/url"
	"strconv"

	"hearth"
	"hearth/access"
)

// memberPage is one person in the workspace.
type memberPage struct {
	personRow
	Version int64
	Done    *undo
	Role    *fieldset // nil: the visitor may not change it
	RoleNow string
	Brands  []brandRole
	Joined  moment
	Write   bool // the visitor may change them
}

// brandRole is what somebody is for a brand.
type brandRole struct {
	ID    int64
	Name  string
	Roles []choice
	Now   string
}

func (web *Web) member(v *visit) error {
	id, err := idOf(v.r.PathValue("id"), "There is no such user.")
	if err != nil {
		return err
	}
	m, err := v.findMember(hearth.UserID(id))
	if err != nil {
		return err
	}
	p := &memberPage{personRow: v.personRow(&m), Version: m.Version, RoleNow: v.name("role", string(m.Role)), Joined: v.when(m.Joined)}
	p.Write = v.by.May(access.WriteUsers) && v.by.Gives(m.Role)
	p.Done = v.memberDone(&m)
	if p.Write {
		p.Role = &fieldset{
			ID: "role", Action: p.Link, Hidden: []doorField{{Name: "do", Value: "role"}, {Name: "version", Value: strconv.FormatInt(m.Version, 10)}},
			Submit: v.say("team.role.change"), Icon: "save",
			Fields: []input{{Name: "role", Label: v.say("team.role"), Choices: append(v.givenRoles(m.Role), choice{string(access.None), v.name("role", string(access.None)), m.Role == access.None}), Help: v.say("team.role.help")}},
		}
	}
	brands, err := web.o.Access.Brands(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, b := range brands {
		if !b.Archived.IsZero() {
			continue
		}
		now, differs := m.Brands[b.ID]
		row := brandRole{ID: int64(b.ID), Name: shorten(60, b.Name), Now: v.say("team.brand.same"), Roles: []choice{{"", v.say("team.brand.same"), !differs}}}
		if differs {
			row.Now = v.name("role", string(now))
		}
		row.Roles = append(row.Roles, v.givenRoles(now)...)
		row.Roles = append(row.Roles, choice{string(access.None), v.name("role", string(access.None)), now == access.None})
		p.Brands = append(p.Brands, row)
	}
	return v.show("member", p.Name, p)
}

func (v *visit) findMember(id hearth.UserID) (access.Member, error) {
	users, err := v.web.o.Access.Users(v.ctx(), v.by)
	if err != nil {
		return access.Member{}, err
	}
	for i := range users {
		if users[i].User == id {
			return users[i], nil
		}
	}
	return access.Member{}, hearth.Errorf(hearth.NotFound, "There is no user %d in this workspace.", id)
}

// memberDone says what was just done to somebody, and takes it back.
func (v *visit) memberDone(m *access.Member) *undo {
	did := v.query("did")
	back := map[string]string{"role": "role", "brand": "brand", "disabled": "enable", "enabled": "disable", "signed-out": ""}
	do, known := back[did]
	if !known {
		return nil
	}
	d := &undo{Sentence: v.say("member-did."+did, "name", shorten(60, m.FullName))}
	if do == "" {
		return d
	}
	d.Action = teamPath + "/" + m.User.String()
	d.Fields = []doorField{{Name: "do", Value: do}, {Name: "version", Value: strconv.FormatInt(m.Version, 10)}}
	if do == "role" || do == "brand" {
		d.Fields = append(d.Fields, doorField{Name: "role", Value: v.query("was")}, doorField{Name: "brand", Value: v.query("brand")})
	}
	return d
}

// changeMember gives somebody another role, keeps them out or lets them in, or
// signs them out.
func (web *Web) changeMember(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	number, err := idOf(v.r.PathValue("id"), "There is no such user.")
	if err != nil {
		return err
	}
	id := hearth.UserID(number)
	version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
	was, err := v.findMember(id)
	if err != nil {
		return err
	}
	to := url.Values{}
	switch form.Get("do") {
	case "role":
		to = url.Values{"did": {"role"}, "was": {string(was.Role)}}
		_, err = web.o.Access.ChangeRole(v.ctx(), v.by, id, version, access.Role(form.Get("role")))
	case "brand":
		brand, _ := strconv.ParseInt(form.Get("brand"), 10, 64)
		to = url.Values{"did": {"brand"}, "was": {string(was.Brands[access.BrandID(brand)])}, "brand": {form.Get("brand")}}
		_, err = web.o.Access.ChangeBrandRole(v.ctx(), v.by, id, version, access.BrandID(brand), access.Role(form.Get("role")))
	case "disable":
		to.Set("did", "disabled")
		_, err = web.o.Access.DisableUser(v.ctx(), v.by, id, version)
	case "enable":
		to.Set("did", "enabled")
		_, err = web.o.Access.EnableUser(v.ctx(), v.by, id, version)
	case "sign-out":
		to.Set("did", "signed-out")
		err = web.o.Access.SignOutUser(v.ctx(), v.by, id)
	default:
		err = hearth.Errorf(hearth.Invalid, "People can be given another role, signed out, disabled and enabled.")
	}
	if err != nil {
		return err
	}
	return v.back(teamPath + "/" + id.String() + "?" + to.Encode())
}

// rolesPage is who may do what.
type rolesPage struct {
	Roles  []roleLine
	Grants []grantRow
}

type grantRow struct {
	Permission, Means string
	Has               []bool // by role
}

// roles shows the one table of who may do what.
func (web *Web) roles(v *visit) error {
	p := &rolesPage{}
	for _, r := range access.Roles() {
		p.Roles = append(p.Roles, roleLine{v.name("role", string(r)), v.name("role-about", string(r))})
	}
	for _, g := range access.Grants() {
		row := grantRow{Permission: string(g.Permission), Means: v.means(g)}
		for _, r := range access.Roles() {
			row.Has = append(row.Has, r.May(g.Permission))
		}
		p.Grants = append(p.Grants, row)
	}
	return v.show("roles", v.name("settings-title", "roles"), p)
}

// means is what a permission allows, in the visitor's language where the catalog
// has it.
func (v *visit) means(g access.Grant) string {
	if key := string(g.Permission); v.known["grant."+key] {
		return v.name("grant", key)
	}
	return g.Means
}
