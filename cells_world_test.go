package hearth_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/server"
)

// credential is what somebody shows, and what that lets them do in the first
// workspace.
type credential struct {
	name          string
	cookie, token string
	session       bool // of a person
	dead          bool // it does not hold any more, or never did
	both          bool // the person belongs to the other workspace as well
	bound         bool // to a brand that nothing belongs to: what is of their workspace is as foreign
	role          access.Role
	scopes        []access.Permission // of a key
}

func (c *credential) may(p access.Permission) bool {
	if c.scopes != nil {
		return slices.Contains(c.scopes, p)
	}
	return c.role.May(p)
}

func (c *credential) sign(r *http.Request) {
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "hearth-session", Value: c.cookie})
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
}

// cellWorld is two workspaces with one of everything; whatever belongs to the
// second has a word in it that must not be seen in the first.
type cellWorld struct {
	dir         string
	running     *server.Server
	handler     http.Handler
	credentials []*credential
	things      map[string]map[place]string // what requests name, by its kind
	names       []*regexp.Regexp            // of the foreign and the missing
	ours        []*regexp.Regexp            // of their own workspace
	canaries    []string
	other       string // the second workspace

	shift atomic.Int64 // of the clock
	stop  func() error
}

// stranger is in everything of the second workspace, and in nothing else.
const stranger = "xylophonecanary"

// cellIssuer is of a provider that nobody reaches.
const cellIssuer = "https://login.acme.example"

// nobodys is a number that nothing has.
const nobodys = "987654321"

func (w *cellWorld) clock() time.Time {
	return hearth.SystemClock().Add(time.Duration(w.shift.Load()))
}

func newCellWorld(t *testing.T) *cellWorld {
	t.Helper()
	w := &cellWorld{dir: t.TempDir(), canaries: []string{stranger}, things: map[string]map[place]string{"nothing": {own: nobodys, foreign: nobodys, missing: nobodys}}}
	w.shift.Store(int64(-13 * time.Hour))
	operator := w.begin(t)
	second, err := operator.AddWorkspace(t.Context(), "Second")
	check(t, err)
	w.other = strconv.FormatInt(second.ID, 10)
	there, err := client.New(operator.Address(), client.Options{Key: w.running.Key(), Workspace: second.ID})
	check(t, err)

	w.people(t, operator, there)
	w.furnish(t, operator, own, "apple")
	w.furnish(t, there, foreign, stranger)
	w.things["workspace"] = map[place]string{own: "1", foreign: w.other, missing: nobodys}
	provider, err := operator.AddProvider(t.Context(), client.ProviderDraft{Name: "Acme", Issuer: cellIssuer, ClientID: "hearth"})
	check(t, err)
	w.things["provider"] = map[place]string{own: strconv.FormatInt(provider.ID, 10), foreign: "987654322", missing: nobodys} // they are the installation's
	check(t, w.stop())

	ours, theirs := w.insert(t, 1, "apple"), w.insert(t, second.ID, stranger)
	for kind := range theirs {
		w.note(kind, own, ours[kind])
		w.note(kind, foreign, theirs[kind])
	}
	for kind, at := range w.things {
		if at[missing] == "" {
			w.note(kind, missing, nobodys)
		}
		if kind == "nothing" {
			continue
		}
		w.ours = append(w.ours, regexp.MustCompile(`\b`+regexp.QuoteMeta(at[own])+`\b`))
		if at[own] == at[foreign] || at[own] == "" || at[foreign] == "" {
			t.Fatalf("of the kind %s there is %q here and %q there", kind, at[own], at[foreign])
		}
		for _, name := range []string{at[foreign], at[missing]} {
			w.names = append(w.names, regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`))
		}
	}
	slices.SortFunc(w.names, func(a, b *regexp.Regexp) int { return len(b.String()) - len(a.String()) })
	return w
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *cellWorld) note(kind string, at place, name string) {
	if w.things[kind] == nil {
		w.things[kind] = map[place]string{}
	}
	w.things[kind][at] = name
}

func (w *cellWorld) build(t *testing.T, clock hearth.Clock) *server.Server {
	t.Helper()
	settings, _, err := server.Load(map[string]string{"data": w.dir, "listen": "127.0.0.1:0"}, func(string) string { return "" })
	check(t, err)
	s, err := server.Build(t.Context(), server.Config{Settings: settings, Logger: slog.New(slog.DiscardHandler), Clock: clock})
	check(t, err)
	return s
}

// begin runs the server in which the world is made.
func (w *cellWorld) begin(t *testing.T) *client.Client {
	t.Helper()
	w.running = w.build(t, w.clock)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- w.running.Run(ctx, func(address string) { ready <- address }) }()
	var done atomic.Bool
	w.stop = func() error {
		if done.Swap(true) {
			return nil
		}
		stop()
		return errors.Join(<-ended, w.running.Close())
	}
	t.Cleanup(func() { w.stop() })
	c, err := client.New(<-ready, client.Options{Key: w.running.Key()})
	check(t, err)
	jobsAreThere(t, c)
	return c
}

// serve answers with a server that does nothing by itself and whose clock
// stands still, so that what changes has been changed by a question.
func (w *cellWorld) serve(t *testing.T) *server.Server {
	t.Helper()
	now := w.clock()
	w.running = w.build(t, func() time.Time { return now })
	w.handler = w.running.Handler()
	t.Cleanup(func() { w.running.Close() })
	return w.running
}

func (w *cellWorld) close(t *testing.T) { check(t, w.running.Close()) }

const cellPassword = "a lamp beside the window"

// people makes somebody of each role, with all that they could show.
func (w *cellWorld) people(t *testing.T, here, there *client.Client) {
	t.Helper()
	ctx := t.Context()
	site, err := url.Parse(here.Address())
	check(t, err)
	browser := func() (*client.Client, func() string) {
		jar, err := cookiejar.New(nil)
		check(t, err)
		c, err := client.New(here.Address(), client.Options{Cookies: jar})
		check(t, err)
		return c, func() string {
			for _, cookie := range jar.Cookies(site) {
				if cookie.Name == "hearth-session" {
					return cookie.Value
				}
			}
			t.Fatal("there is no session")
			return ""
		}
	}
	join := func(to *client.Client, name string, role access.Role) (*client.Client, string) {
		invited, err := to.Invite(ctx, client.InvitationDraft{Role: string(role)})
		check(t, err)
		c, cookie := browser()
		_, err = c.AcceptInvitation(ctx, client.NewUser{Token: invited.Link.Token, Name: name, FullName: name, Password: cellPassword})
		check(t, err)
		return c, cookie()
	}
	enter := func(name string) (*client.Client, string) {
		c, cookie := browser()
		_, err := c.SignIn(ctx, name, cellPassword)
		check(t, err)
		return c, cookie()
	}
	key := func(c *client.Client, name string, scopes []access.Permission, days float64) client.NewKey {
		d := client.KeyDraft{Name: name, Days: days}
		for _, p := range scopes {
			d.Scopes = append(d.Scopes, string(p))
		}
		made, err := c.AddKey(ctx, d)
		check(t, err)
		return made
	}
	permissions := func(r access.Role) (list []access.Permission) {
		for _, g := range access.Grants() {
			if r.May(g.Permission) {
				list = append(list, g.Permission)
			}
		}
		return list
	}
	old := map[access.Role][2]string{} // made 13 hours ago: idle for too long, and older than they were to be
	for _, role := range access.Roles() {
		_, cookie := join(here, string(role)+"-ann", role)
		old[role] = [2]string{cookie, key(here, "old "+string(role), permissions(role), 0.1).Token}
	}
	_, gone := join(there, "pawn-"+stranger, access.Owner)
	_, _ = join(here, "pawn-ann", access.Agent)
	w.shift.Store(0)
	for _, role := range access.Roles() {
		_, cookie := enter(string(role) + "-ann")
		all := permissions(role)
		w.credentials = append(w.credentials,
			&credential{name: "session of " + string(role), cookie: cookie, session: true, role: role},
			&credential{name: "key of " + string(role), token: key(here, "full "+string(role), all, 1).Token, scopes: all},
			&credential{name: "old session of " + string(role), cookie: old[role][0], dead: true},
			&credential{name: "old key of " + string(role), token: old[role][1], dead: true},
		)
	}
	for _, p := range []access.Permission{access.ReadSources, access.ReadBrands, access.WriteMonitors} {
		w.credentials = append(w.credentials, &credential{name: "narrow key for " + string(p), token: key(here, "narrow "+string(p), []access.Permission{p}, 1).Token, scopes: []access.Permission{p}})
	}
	both, cookie := join(here, "both-ann", access.Analyst)
	invited, err := there.Invite(ctx, client.InvitationDraft{Role: "owner"})
	check(t, err)
	_, err = both.JoinWorkspace(ctx, invited.Link.Token)
	check(t, err)
	pawn, pawned := enter("pawn-ann")
	theirs, _ := enter("pawn-" + stranger)
	w.credentials = append(w.credentials,
		&credential{name: "session in both", cookie: cookie, session: true, both: true, role: access.Analyst},
		&credential{name: "nothing", dead: true},
		&credential{name: "a key nobody made", token: "hk_" + strings.Repeat("A", 43), dead: true},
		&credential{name: "a session in the place of a key", token: cookie, dead: true},
		&credential{name: "a key in the place of a session", cookie: key(here, "misplaced", permissions(access.Owner), 1).Token, dead: true},
		&credential{name: "a session that has ended", cookie: gone, dead: true},
	)
	brand, err := here.AddBrand(ctx, "banana", 0)
	check(t, err)
	d := client.KeyDraft{Name: "banana", Brand: brand.ID, Days: 1}
	bound := &credential{name: "key for a brand", bound: true}
	for _, p := range permissions(access.Owner) {
		if p.OfBrands() {
			d.Scopes, bound.scopes = append(d.Scopes, string(p)), append(bound.scopes, p)
		}
	}
	made, err := here.AddKey(ctx, d)
	check(t, err)
	bound.token = made.Token
	w.credentials = append(w.credentials, bound)
	check(t, theirs.EndOtherSessions(ctx))
	_ = pawned
	for at, c := range map[place]*client.Client{own: pawn, foreign: theirs} {
		who, err := c.WhoAmI(ctx)
		check(t, err)
		w.note("user", at, fmt.Sprint(who.User))
		sessions, err := c.Sessions(ctx)
		check(t, err)
		w.note("session", at, fmt.Sprint(sessions[0].ID))
	}
}

// furnish makes one of everything in a workspace; in the other one several, so
// that its numbers are none of the first.
func (w *cellWorld) furnish(t *testing.T, c *client.Client, at place, word string) {
	t.Helper()
	ctx := t.Context()
	times, fruit := 1, "apple"
	if at == foreign {
		times, fruit = 9, "pear"
	}
	for i := range times {
		name := fmt.Sprintf("%s %d", word, i)
		tag := fmt.Sprintf("%s-%d", fruit, i) // an answer may repeat what was asked for
		id := func(kind string, n int64, err error) {
			t.Helper()
			check(t, err)
			w.note(kind, at, fmt.Sprint(n))
		}
		rival, err := c.AddMonitor(ctx, client.MonitorDraft{Name: "rival " + name, Query: word + " OR coffee"})
		check(t, err)
		w.note("rival", at, fmt.Sprint(rival.ID))
		gone, err := c.AddMonitor(ctx, client.MonitorDraft{Name: "gone " + name, Query: word})
		check(t, err)
		check(t, c.RemoveMonitor(ctx, gone.ID))
		m, err := c.AddMonitor(ctx, client.MonitorDraft{Name: name, Query: word + " OR tea"})
		id("monitor", m.ID, err)
		again := word + " OR tea OR cake"
		_, err = c.ChangeMonitor(ctx, m.ID, client.MonitorChange{Version: m.Version, Query: &again})
		check(t, err)
		compared, err := c.AddComparison(ctx, client.ComparisonDraft{Name: name, Monitors: []int64{m.ID, rival.ID}})
		id("comparison", compared.ID, err)
		list, err := c.AddList(ctx, client.ListDraft{Kind: "words", Name: name, Text: word})
		id("list", list.ID, err)
		rule, err := c.AddRule(ctx, client.RuleDraft{Name: name, Query: word, Tags: []string{word}})
		id("rule", rule.ID, err)
		tagged, err := c.StartTagRun(ctx, client.TagRunDraft{Search: client.Search{Query: word}, TagChange: client.TagChange{Set: []string{word}}})
		id("tag-run", tagged.ID, err)
		judged, err := c.StartReanalysis(ctx, client.ReanalysisDraft{Search: client.Search{Query: word}})
		id("reanalysis", judged.ID, err)
		checked, err := c.StartCheck(ctx, client.CheckDraft{Monitor: m.ID, Field: "sentiment"})
		id("check", checked.ID, err)
		src, err := c.AddSource(ctx, client.SourceDraft{Network: "feed", Name: name, Settings: map[string]string{"url": "https://" + word + ".acme.example/" + tag}})
		id("source", src.ID, err)
		_, err = c.PauseSource(ctx, src.ID)
		check(t, err)
		file := fmt.Sprintf(`{"network":"feed","id":"%s","text":"tea of %s","lang":"en","published":"2026-11-01T10:00:00Z","author":{"id":"%s","handle":"@%s.example","name":"%s"},"hashtags":["%s"]}`, tag, word, tag, word, name, word)
		imported, err := c.Import(ctx, strings.NewReader(file+"\nnot a post, "+word+"\n"), client.ImportOptions{Name: tag + ".ndjson", Format: "ndjson", AcceptBad: true}, func(client.ImportProgress) {})
		check(t, err)
		w.note("import", at, imported.ID)
		w.note("post", at, tag)
		sentFile, err := c.SendUpload(ctx, strings.NewReader(file+"\n"+word+"\n"), client.ImportOptions{Name: word + ".ndjson", Format: "ndjson"})
		check(t, err)
		w.note("upload", at, sentFile.ID)
		ch, err := c.AddChannel(ctx, client.ChannelDraft{Kind: "webhook", Name: name, Address: "https://" + word + ".acme.example/in"})
		id("channel", ch.ID, err)
		_, err = c.TestChannel(ctx, ch.ID)
		check(t, err)
		sent, err := c.Dispatches(ctx, 0, "", 0, 1)
		check(t, err)
		id("dispatch", sent.Dispatches[0].ID, nil)
		incident, err := c.OpenIncident(ctx, client.IncidentDraft{Title: name, Class: "act", Monitor: m.ID})
		id("incident", incident.ID, err)
		_, err = c.NoteIncident(ctx, incident.ID, name)
		check(t, err)
		_, err = c.Trust(ctx, client.TrustedPerson{Network: "feed", Author: "@" + word + ".example", Note: name})
		check(t, err)
		invited, err := c.Invite(ctx, client.InvitationDraft{Role: "viewer", Mail: word + "@acme.example"})
		id("invitation", invited.Invitation.ID, err)
		user, err := strconv.ParseInt(w.things["user"][at], 10, 64)
		check(t, err)
		team, err := c.AddTeam(ctx, client.TeamDraft{Name: name, Members: []int64{user}})
		id("team", team.ID, err)
		brand, err := c.AddBrand(ctx, name, 0)
		id("brand", brand.ID, err)
		for range 8 * (times - 1) { // the first workspace has a key for each credential
			_, err = c.AddKey(ctx, client.KeyDraft{Name: name, Scopes: []string{"posts.read"}, Days: 1})
			check(t, err)
		}
		key, err := c.AddKey(ctx, client.KeyDraft{Name: name, Scopes: []string{"posts.read"}, Days: 1})
		id("key", key.Key.ID, err)
		_, err = c.PutSchedule(ctx, tag, client.ScheduleDraft{When: "daily 03:00", Kind: "backup", Args: fmt.Appendf(nil, `{"directory":"/nowhere/%s","keep":7}`, word)})
		check(t, err)
		w.note("schedule", at, tag)
	}
	w.note("schedule", missing, "nobodys")
	w.note("post", missing, "nobodys")
	w.note("import", missing, "0190abcdabcd")
	w.note("upload", missing, "0190abcdabcd")
	for {
		status, err := c.Status(ctx)
		check(t, err)
		if status.Counted >= status.Rows {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// insert writes the rows that only come to be after hours, or when something
// has gone wrong.
func (w *cellWorld) insert(t *testing.T, ws int64, word string) map[string]string {
	t.Helper()
	at := own
	if word == stranger {
		at = foreign
	}
	first := 40 + 10*ws
	made := map[string]string{}
	state, archive := w.database(t, "hearth.db"), w.database(t, "archive.db")
	defer state.Close()
	defer archive.Close()
	now := w.clock().UnixMicro()
	monitor := w.things["monitor"][at]
	row := func(db *sql.DB, table, kind string, id int64, values map[string]any) {
		t.Helper()
		values["workspace_id"] = ws
		if kind != "" {
			made[kind] = fmt.Sprint(id)
		}
		var names, marks []string
		var args []any
		columns, err := db.Query(`SELECT name, type FROM pragma_table_info('` + table + `')`)
		check(t, err)
		defer columns.Close()
		for columns.Next() {
			var name, kind string
			check(t, columns.Scan(&name, &kind))
			value, ok := values[name]
			if !ok {
				value = map[string]any{"INTEGER": 0, "TEXT": "", "BLOB": []byte{}}[kind]
			}
			names, marks, args = append(names, name), append(marks, "?"), append(args, value)
		}
		columns.Close()
		_, err = db.Exec(`INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`, args...)
		check(t, err)
	}
	row(state, "alert", "alert", first, map[string]any{"id": first, "version": 1, "monitor_id": monitor, "class": "act", "state": "open",
		"began": now, "raised": now, "last": now, "evidence": `{"kinds":["volume"],"sentence":"` + word + `"}`})
	row(state, "notice", "", first, map[string]any{"id": first, "kind": "alert.raised", "class": "act", "title": word, "text": word, "alert_id": first, "at": now})
	row(state, "approval", "approval", first, map[string]any{"id": first, "area": "exports", "verb": "posts.export", "object_kind": "workspace", "object_id": ws, "needs": "posts.read",
		"digest": []byte(word), "now": `"` + word + `"`, "why": word, "kind": "user", "user_id": w.things["user"][at], "actor": word, "asked": now, "expires": now + (7 * 24 * time.Hour).Microseconds(), "state": "waiting"})
	row(state, "topic", "topic", first+9000, map[string]any{"id": first + 9000, "version": 1, "label": word, "phrases": `[{"text":"` + word + `"}]`, "first": now})
	row(state, "job", "job", first, map[string]any{"id": first, "kind": "backup", "args": `{"directory":"/nowhere/` + word + `"}`, "state": "dead", "error": word, "created": now, "ended": now})
	row(archive, "dead_letter", "letter", first, map[string]any{"id": first, "source_id": w.things["source"][at], "kind": "raw", "reason": word, "raw": []byte(word), "size": 9, "noticed": now})
	sum := sha256.Sum256([]byte(word))
	made["passkey"] = hex.EncodeToString(sum[:8])
	row(state, "passkey", "", first, map[string]any{"id": []byte(word), "user_id": w.things["user"][at], "name": word, "credential": "{}", "created": now})
	row(state, "channel", "device", 90+first, map[string]any{"id": 90 + first, "version": 1, "kind": "push", "name": word, "settings": "{}", "owner_id": w.things["user"][at],
		"session_id": w.things["session"][at], "endpoint": word, "created": now, "changed": now})
	sum = sha256.Sum256([]byte(cellIssuer + "\x00" + word))
	made["identity"] = hex.EncodeToString(sum[:8])
	row(state, "identity", "", first, map[string]any{"issuer": cellIssuer, "subject": word, "user_id": w.things["user"][at], "shown": word, "created": now, "seen": now})
	var seq int64
	var consumer string
	check(t, archive.QueryRow(`SELECT max(seq) FROM post WHERE workspace_id = ?`, ws).Scan(&seq))
	check(t, archive.QueryRow(`SELECT consumer FROM consumer_position ORDER BY consumer LIMIT 1`).Scan(&consumer))
	row(archive, "consumer_dead_letter", "monitor-letter", seq, map[string]any{"seq": seq, "consumer": consumer, "error": word, "reason": word})
	return made
}

func (w *cellWorld) database(t *testing.T, name string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(w.dir, name))
	check(t, err)
	return db
}

// belongings is all rows of a workspace, by table.
func (w *cellWorld) belongings(t *testing.T, ws string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range []string{"hearth.db", "archive.db"} {
		db := w.database(t, name)
		defer db.Close()
		rows, err := db.Query(`SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'workspace_id' WHERE m.type = 'table' ORDER BY 1`)
		check(t, err)
		var tables []string
		for rows.Next() {
			var table string
			check(t, rows.Scan(&table))
			tables = append(tables, table)
		}
		check(t, rows.Err())
		for _, table := range tables {
			all[table] = dump(t, db, `SELECT * FROM `+table+` WHERE workspace_id = `+ws)
		}
		if name == "hearth.db" {
			members := `(SELECT user_id FROM member WHERE workspace_id = ` + ws + ` AND user_id NOT IN (SELECT user_id FROM member WHERE workspace_id <> ` + ws + `))`
			all["users"] = dump(t, db, `SELECT * FROM users WHERE id IN `+members)
			all["passkey"] = dump(t, db, `SELECT * FROM passkey WHERE user_id IN `+members)
			all["session"] = dump(t, db, `SELECT id, user_id, epoch FROM session WHERE user_id IN `+members)
			all["workspace"] = dump(t, db, `SELECT * FROM workspace WHERE id = `+ws)
		}
	}
	if len(all) < 30 || all["monitor"] == "" || all["audit"] == "" {
		t.Fatalf("only %d tables were read", len(all))
	}
	return all
}

// dump is the rows of a query, in no particular order, sorted.
func dump(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.Query(query)
	check(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	check(t, err)
	var list []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		check(t, rows.Scan(into...))
		list = append(list, fmt.Sprint(values...))
	}
	check(t, rows.Err())
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func contextWithTimeout(r *http.Request, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.Context(), d)
}
