package access

import "slices"

// Permission is one thing that an actor may be allowed to do, as noun.verb.
type Permission string

const (
	ReadPosts       Permission = "posts.read"
	WritePosts      Permission = "posts.write" // import, erase
	TagPosts        Permission = "posts.tag"
	ReadMonitors    Permission = "monitors.read"
	WriteMonitors   Permission = "monitors.write"
	ReadSources     Permission = "sources.read"
	WriteSources    Permission = "sources.write"
	ReadAlerts      Permission = "alerts.read"
	WriteAlerts     Permission = "alerts.write" // rules of alerts, incidents, holding publishing back
	ReadChannels    Permission = "channels.read"
	WriteChannels   Permission = "channels.write"   // where Hearth sends to by itself, and what was sent
	ReadOperations  Permission = "operations.read"  // status, dead letters, jobs
	WriteOperations Permission = "operations.write" // cancel, retry and drop jobs; schedules; back up
	ReadUsers       Permission = "users.read"       // who is in the workspace
	WriteUsers      Permission = "users.write"      // invite, change roles, disable, teams
	ReadBrands      Permission = "brands.read"
	WriteBrands     Permission = "brands.write"
	ReadKeys        Permission = "keys.read"
	WriteKeys       Permission = "keys.write" // make and revoke API keys
	ReadAudit       Permission = "audit.read"
	WriteWorkspaces Permission = "workspaces.write" // make, rename and archive
	WriteProviders  Permission = "providers.write"  // how people sign in
	ReadApprovals   Permission = "approvals.read"   // one's own requests, and what takes four eyes
	WriteApprovals  Permission = "approvals.write"  // decide what others ask for and one may do oneself
)

// ofBrands is the permissions that a role for a brand gives for what belongs to
// that brand. Every other one is of the whole workspace or of nothing.
var ofBrands = [...]Permission{ReadPosts, TagPosts, ReadMonitors, WriteMonitors, ReadAlerts, WriteAlerts, ReadBrands, ReadApprovals}

// OfBrands says whether somebody can have a permission for a brand only.
func (p Permission) OfBrands() bool { return slices.Contains(ofBrands[:], p) }

// Role is what somebody is in a workspace, or for one of its brands.
type Role string

const (
	Owner   Role = "owner"   // everything
	Admin   Role = "admin"   // everything but workspaces and owners
	Lead    Role = "lead"    // the work of a team, and how it goes
	Agent   Role = "agent"   // answers people
	Author  Role = "author"  // writes what is published
	Analyst Role = "analyst" // asks questions of what is kept
	Viewer  Role = "viewer"  // looks
	None    Role = "none"    // nothing: of a brand that is not theirs, or of a workspace in which they have brands only
)

// Grant says which roles have a permission.
type Grant struct {
	Permission Permission
	Means      string // what it allows, for people
	Roles      []Role
}

// Grants is the one table of who may do what. Everything else follows from it:
// what an actor may do, the page of the manual, the cells that tests go through.
func Grants() []Grant {
	everybody := Roles()
	return []Grant{
		{ReadPosts, "search, count and export posts; see mentions", everybody},
		{WritePosts, "import and erase posts", []Role{Owner, Admin}},
		{TagPosts, "tag and correct posts, also many at once, and take that back", []Role{Owner, Admin, Lead, Agent, Analyst}},
		{ReadMonitors, "see monitors and their figures", everybody},
		{WriteMonitors, "make, change and remove monitors", []Role{Owner, Admin, Lead, Analyst}},
		{ReadSources, "see sources and how they are", []Role{Owner, Admin, Lead, Agent, Author, Analyst}},
		{WriteSources, "connect, change and remove sources", []Role{Owner, Admin}},
		{ReadAlerts, "see alerts, incidents and forecasts; judge alerts", everybody},
		{WriteAlerts, "decide how monitors are watched, work on incidents, hold publishing back", []Role{Owner, Admin, Lead, Agent, Analyst}},
		{ReadChannels, "see where Hearth sends to by itself, and what was sent", []Role{Owner, Admin, Lead}},
		{WriteChannels, "make webhooks and other channels, send again, stop sending", []Role{Owner, Admin}},
		{ReadOperations, "see status, jobs and dead letters", []Role{Owner, Admin, Lead, Analyst}},
		{WriteOperations, "steer jobs and schedules, make backups", []Role{Owner, Admin}},
		{ReadUsers, "see who is in the workspace, and its teams", []Role{Owner, Admin, Lead, Agent, Author}},
		{WriteUsers, "invite, disable and give roles; change teams", []Role{Owner, Admin}},
		{ReadBrands, "see the brands", everybody},
		{WriteBrands, "make, rename and archive brands", []Role{Owner, Admin}},
		{ReadKeys, "see which API keys there are", []Role{Owner, Admin}},
		{WriteKeys, "make and revoke API keys", []Role{Owner, Admin}},
		{ReadAudit, "read and export the audit log", []Role{Owner, Admin, Lead}},
		{WriteWorkspaces, "rename and archive the workspace; in the first one, make others", []Role{Owner}},
		{WriteProviders, "in the first workspace, decide by which providers people sign in", []Role{Owner}},
		{ReadApprovals, "see what takes four eyes here, and one's own requests", everybody},
		{WriteApprovals, "approve or refuse what others ask for, where one may do it oneself", []Role{Owner, Admin, Lead}},
	}
}

// Roles lists all roles, from the most that they may do to the least.
func Roles() []Role { return []Role{Owner, Admin, Lead, Agent, Author, Analyst, Viewer} }

// Known says whether somebody can have the role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// May says whether a role has a permission.
func (r Role) May(p Permission) bool {
	for _, g := range Grants() {
		if g.Permission == p {
			return slices.Contains(g.Roles, r)
		}
	}
	return false
}

// permissions is all that a role may do.
func (r Role) permissions() map[Permission]bool {
	may := map[Permission]bool{}
	for _, g := range Grants() {
		if slices.Contains(g.Roles, r) {
			may[g.Permission] = true
		}
	}
	return may
}

// covers says whether a role may do all that another may: nobody gives away
// more than they have.
func (r Role) covers(other Role) bool {
	may := r.permissions()
	for p := range other.permissions() {
		if !may[p] {
			return false
		}
	}
	return true
}
