package copies

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/copies/coordination"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
	"hearth/text"
)

// CampaignSearch says where campaigns are looked for.
type CampaignSearch struct {
	Monitor  hearth.MonitorID // 0: everything that is kept
	From, To time.Time        // published; zero: the last 30 days
}

// Campaigns is what was found in some posts.
type Campaigns struct {
	From, To time.Time
	Made     time.Time // when it was worked out; at most five minutes ago
	Posts    int       // that were looked at, the newest
	All      bool      // there are no others
	People   int       // who wrote them

	// Of the pairs of accounts that shared things in step this often and more, so many
	// were there, and so many chance makes. Weight 0: none can be told from chance.
	Weight   int
	Pairs    int
	Expected float64

	Campaigns []Campaign // coordinated ones first, the largest first
}

// Campaign is posts that pass something on.
type Campaign struct {
	ID          string
	Coordinated bool // accounts acted in step more often than chance explains
	Edges       int  // pairs of accounts in step
	Posts       int
	Texts       int // clusters that they tell
	Accounts    []Account
	First       hearth.Key // who told it first
	FirstSeq    hearth.Seq
	Title       string // its text
	Poster      string // name of its author
	From, To    time.Time
	Times       []time.Time  // of all posts, rising
	Links       []string     // addresses that its posts lead to, the most frequent first, at most five
	Samples     []hearth.Key // its first posts
	Muted       bool
}

// Account is somebody who takes part.
type Account struct {
	Network string
	Author  string // id on the network, or @ and a handle
	Label   string
	Posts   int     // in the campaign
	All     int     // in all posts that were looked at
	Share   float64 // of all, how many are in the campaign
	First   time.Time
	InStep  bool // with others; of a coordinated campaign not all need be
}

const (
	textWindow     = time.Hour
	linkWindow     = time.Minute // reposts likewise
	campaignDays   = 30
	fewestPosts    = 5 // of a campaign
	fewestAccounts = 3
	burst          = 24 * time.Hour // in which at least half of what is merely copied was told
	mostCampaigns  = 50
	mostSamples    = 10
	mostLinks      = 5
)

// Campaigns looks for texts that many pass on, and for accounts that do so in step. It
// reads up to 10,000 posts that the actor sees, and gives what it found again for five
// minutes, but to those who do not see the whole workspace.
func (c *Copies) Campaigns(ctx context.Context, by access.Actor, s CampaignSearch) (found Campaigns, err error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		return found, err
	}
	now := c.o.Clock()
	if s.To.IsZero() {
		s.To = now.Truncate(fresh).Add(fresh)
	}
	if s.From.IsZero() {
		s.From = s.To.AddDate(0, 0, -campaignDays)
	}
	own, muted, err := c.said(ctx, by.Workspace)
	if err != nil {
		return found, err
	}
	if scope.Bound() { // what one may see is nobody else's
		found, err = c.find(ctx, by, &s, own, now)
	} else {
		found, err = c.made.get(ctx, campaignKey{by.Workspace, by.At(), s.Monitor, s.From.UnixMicro(), s.To.UnixMicro()}, now, func() (Campaigns, error) {
			return c.find(ctx, by, &s, own, now)
		})
	}
	found.Campaigns = slices.Clone(found.Campaigns)
	for i := range found.Campaigns {
		found.Campaigns[i].Muted = muted[found.Campaigns[i].ID]
	}
	return found, err
}

// seenPost is what the search needs of a post.
type seenPost struct {
	key     hearth.Key
	seq     hearth.Seq
	at      time.Time
	account int // -1: nobody knows
	object  int
	cluster int64
	link    string
	label   string
	text    string // of the first characters
}

// object is what posts can share.
type object struct {
	cluster int64
	repost  hearth.Key
	link    string
}

// evidence is the posts that were looked at.
type evidence struct {
	posts    []seenPost
	objects  map[object]int
	windows  []time.Duration
	accounts []Account
	known    map[[2]string]int
	own      map[[2]string]bool
}

func (c *Copies) find(ctx context.Context, by access.Actor, s *CampaignSearch, own map[[2]string]bool, now time.Time) (found Campaigns, err error) {
	found = Campaigns{From: s.From, To: s.To, Made: now}
	e := &evidence{objects: map[object]int{}, known: map[[2]string]int{}, own: own}
	found.All, err = c.each(ctx, by, monitor.Selection{Monitor: s.Monitor, From: s.From, To: s.To}, e.see)
	if err != nil {
		return found, err
	}
	found.Posts, found.People = len(e.posts), len(e.accounts)
	r := coordination.Find(e.shares())
	found.Weight, found.Pairs, found.Expected = r.Weight, r.Observed, r.Expected
	taken := make([]bool, len(e.posts))
	for _, group := range r.Groups {
		if one, ok := e.inStep(group, r.Edges, taken); ok {
			found.Campaigns = append(found.Campaigns, one)
		}
	}
	found.Campaigns = append(found.Campaigns, e.copied(taken)...)
	slices.SortStableFunc(found.Campaigns, func(a, b Campaign) int {
		if a.Coordinated != b.Coordinated {
			if a.Coordinated {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Posts, a.Posts), a.From.Compare(b.From), cmp.Compare(a.ID, b.ID))
	})
	found.Campaigns = found.Campaigns[:min(len(found.Campaigns), mostCampaigns)]
	return found, nil
}

// see takes a post in.
func (e *evidence) see(hit *archive.Hit, cluster int64) {
	p := &hit.Post
	s := seenPost{key: p.Key(), seq: hit.Seq, at: p.Published, account: e.account(p), object: -1, cluster: cluster, label: label(p), text: beginning(p)}
	if s.at.IsZero() {
		s.at = hit.Received
	}
	if len(p.Links) > 0 {
		s.link = p.Links[0]
	}
	o, window := object{}, linkWindow
	switch {
	case p.RepostOf != "":
		o.repost = hearth.Key{Network: p.Network, ID: p.RepostOf}
	case cluster != 0:
		o.cluster, window = cluster, textWindow
	default:
		o.link = s.link
	}
	if o != (object{}) {
		i, ok := e.objects[o]
		if !ok {
			i = len(e.objects)
			e.objects[o] = i
			e.windows = append(e.windows, window)
		}
		s.object = i
	}
	e.posts = append(e.posts, s)
}

func (e *evidence) account(p *hearth.Post) int {
	who := p.Author.ID
	if who == "" {
		if key := query.Key(query.FieldAuthor, p.Author.Handle); key != "" {
			who = "@" + key
		}
	}
	if who == "" {
		return -1
	}
	name := [2]string{p.Network, who}
	i, ok := e.known[name]
	if !ok {
		i = len(e.accounts)
		e.known[name] = i
		e.accounts = append(e.accounts, Account{Network: p.Network, Author: who, Label: label(p)})
	}
	e.accounts[i].All++
	return i
}

func label(p *hearth.Post) string { return cmp.Or(p.Author.Handle, p.Author.Name, p.Author.ID) }

// beginning is the title of a campaign that begins with a post.
func beginning(p *hearth.Post) string {
	const most = 280
	s := cmp.Or(p.Title, p.Text)
	if len(s) <= most {
		return s
	}
	at := most
	for at > 0 && s[at]&0xc0 == 0x80 {
		at--
	}
	return s[:at] + "…"
}

func (e *evidence) shares() (list []coordination.Share) {
	for i := range e.posts {
		p := &e.posts[i]
		if p.account < 0 || e.ours(p.account) {
			continue
		}
		s := coordination.Share{Account: p.account, Object: p.object, At: p.at.UnixMicro()}
		if p.object >= 0 {
			s.Window = e.windows[p.object].Microseconds()
		}
		list = append(list, s)
	}
	return list
}

func (e *evidence) ours(account int) bool {
	a := &e.accounts[account]
	return e.own[[2]string{a.Network, a.Author}]
}

// inStep is the campaign of accounts that act in step: the waves in which at least
// two of them share something within its window, with whoever else passed it on
// meanwhile. A wave ends where nobody shares it for a window, so that what people say
// again weeks later, by themselves, is no part of it.
func (e *evidence) inStep(group []int, edges []coordination.Edge, taken []bool) (Campaign, bool) {
	in := map[int]bool{}
	for _, a := range group {
		in[a] = true
	}
	of := map[int][]int{} // object → its posts
	for i := range e.posts {
		if p := &e.posts[i]; p.object >= 0 && !taken[i] && (p.account < 0 || !e.ours(p.account)) {
			of[p.object] = append(of[p.object], i)
		}
	}
	var posts []int
	for o, list := range of {
		slices.SortFunc(list, func(a, b int) int { return e.posts[a].at.Compare(e.posts[b].at) })
		for len(list) > 0 {
			n := 1
			for n < len(list) && e.posts[list[n]].at.Sub(e.posts[list[n-1]].at) <= e.windows[o] {
				n++
			}
			if e.together(list[:n], in) {
				posts = append(posts, list[:n]...)
			}
			list = list[n:]
		}
	}
	for _, i := range posts {
		taken[i] = true
	}
	for _, a := range group {
		e.accounts[a].InStep = true
	}
	one, ok := e.campaign(posts)
	one.Coordinated = true
	for _, edge := range edges {
		if in[edge.A] {
			one.Edges++
		}
	}
	return one, ok
}

// together says whether two accounts of a group are within a window of each other
// among the posts of one object, which are sorted by time.
func (e *evidence) together(posts []int, in map[int]bool) bool {
	last := -1
	for _, i := range posts {
		p := &e.posts[i]
		if !in[p.account] {
			continue
		}
		if last >= 0 && e.posts[last].account != p.account && p.at.Sub(e.posts[last].at) <= e.windows[p.object] {
			return true
		}
		last = i
	}
	return false
}

// copied are the texts that many pass on without being known to act in step.
func (e *evidence) copied(taken []bool) (list []Campaign) {
	byCluster := map[int64][]int{}
	var order []int64
	for i := range e.posts {
		p := &e.posts[i]
		if p.cluster == 0 || taken[i] || p.account >= 0 && e.ours(p.account) {
			continue
		}
		if byCluster[p.cluster] == nil {
			order = append(order, p.cluster)
		}
		byCluster[p.cluster] = append(byCluster[p.cluster], i)
	}
	for _, cluster := range order {
		if posts := byCluster[cluster]; len(posts) >= fewestPosts {
			if one, ok := e.campaign(posts); ok && len(one.Accounts) >= fewestAccounts && bursts(one.Times) {
				list = append(list, one)
			}
		}
	}
	return list
}

// bursts says whether posts come together in time: a phrase that people find again
// and again over weeks is no campaign.
func bursts(times []time.Time) bool {
	most, from := 0, 0
	for i := range times {
		for times[i].Sub(times[from]) > burst {
			from++
		}
		most = max(most, i-from+1)
	}
	return most >= fewestPosts && 2*most >= len(times)
}

// campaign tells of some posts.
func (e *evidence) campaign(posts []int) (c Campaign, ok bool) {
	if len(posts) == 0 {
		return c, false
	}
	slices.SortFunc(posts, func(a, b int) int {
		x, y := &e.posts[a], &e.posts[b]
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.key.Network, y.key.Network), cmp.Compare(x.key.ID, y.key.ID))
	})
	first, last := &e.posts[posts[0]], &e.posts[posts[len(posts)-1]]
	c = Campaign{
		ID: strconv.FormatUint(text.Hash(first.key.Network+"\x00"+first.key.ID), 36), Posts: len(posts), First: first.key, FirstSeq: first.seq,
		Title: first.text, Poster: first.label, From: first.at, To: last.at,
	}
	texts, links, at := map[int64]bool{}, map[string]int{}, map[int]int{}
	for _, i := range posts {
		p := &e.posts[i]
		c.Times = append(c.Times, p.at)
		if p.cluster != 0 {
			texts[p.cluster] = true
		}
		if p.link != "" {
			links[p.link]++
		}
		if len(c.Samples) < mostSamples {
			c.Samples = append(c.Samples, p.key)
		}
		if p.account < 0 {
			continue
		}
		k, known := at[p.account]
		if !known {
			k = len(c.Accounts)
			at[p.account] = k
			a := e.accounts[p.account]
			a.First = p.at
			c.Accounts = append(c.Accounts, a)
		}
		c.Accounts[k].Posts++
	}
	c.Texts = len(texts)
	for i := range c.Accounts {
		c.Accounts[i].Share = float64(c.Accounts[i].Posts) / float64(c.Accounts[i].All)
	}
	slices.SortStableFunc(c.Accounts, func(a, b Account) int { return cmp.Or(cmp.Compare(b.Posts, a.Posts), a.First.Compare(b.First)) })
	for l := range links {
		c.Links = append(c.Links, l)
	}
	slices.SortFunc(c.Links, func(a, b string) int { return cmp.Or(cmp.Compare(links[b], links[a]), cmp.Compare(a, b)) })
	c.Links = c.Links[:min(len(c.Links), mostLinks)]
	return c, true
}

// fresh is how long what was found is given again.
const fresh = 5 * time.Minute

type campaignKey struct {
	workspace hearth.WorkspaceID
	brand     access.BrandID // that is looked at
	monitor   hearth.MonitorID
	from, to  int64 // µs
}

// campaignCache keeps what was found. One search is worked out at a time.
type campaignCache struct {
	mu    sync.Mutex
	found map[campaignKey]Campaigns
}

const mostKept = 50

func (c *campaignCache) get(ctx context.Context, key campaignKey, now time.Time, work func() (Campaigns, error)) (Campaigns, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found, ok := c.found[key]; ok && now.Before(found.Made.Add(fresh)) || ctx.Err() != nil {
		return found, ctx.Err()
	}
	found, err := work()
	if err != nil {
		return found, err
	}
	if c.found == nil || len(c.found) >= mostKept {
		c.found = map[campaignKey]Campaigns{}
	}
	c.found[key] = found
	return found, nil
}

func (c *campaignCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found = nil
}

// said is what people say: whose accounts may act in step, and what is muted.
func (c *Copies) said(ctx context.Context, ws hearth.WorkspaceID) (own map[[2]string]bool, muted map[string]bool, err error) {
	own, muted = map[[2]string]bool{}, map[string]bool{}
	err = c.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT network, author FROM campaign_own WHERE workspace_id = ?`, ws)
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			var name [2]string
			err := rows.Scan(&name[0], &name[1])
			own[name] = true
			return err
		})
		if err != nil {
			return err
		}
		if rows, err = tx.Query(`SELECT campaign FROM campaign_mute WHERE workspace_id = ?`, ws); err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var id string
			err := rows.Scan(&id)
			muted[id] = true
			return err
		})
	})
	return own, muted, err
}
