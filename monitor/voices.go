package monitor

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/monitor/influence"
)

// VoiceSearch says whose voices are wanted.
type VoiceSearch struct {
	Monitor  hearth.MonitorID
	From, To time.Time // published; zero: the last 90 days
	Limit    int       // 0: 20; at most 60
}

// Voices is who is listened to on the topic of a monitor.
type Voices struct {
	From, To     time.Time
	Made         time.Time // when it was worked out; at most five minutes ago
	Posts, Of    int64     // posts that were read, the newest, of how many
	People       int       // who amplify or are amplified
	Interactions int       // replies, quotes, reposts and mentions among them
	Trusted      int       // of the people, how many are on the list of trusted ones
	Voices       []Voice   // the most influential first; nobody with fewer than five amplifiers
}

// Voice is somebody who is listened to, and why. What the numbers mean says
// package influence.
type Voice struct {
	Network   string
	Author    string // id on the network, or @ and a handle
	Label     string // for people
	Followers hearth.Count

	influence.Standing
	H          int     // so many posts were each amplified by so many trusted people
	Constraint float64 // Burt's: the smaller, the more the voice joins people who have nothing to do with each other
	Posts      int     // on the topic
	Positive   int     // of these
	Negative   int
	Earned     []Earned // the posts that earned the rank, the most amplified first, at most five
	Query      string   // finds the posts
}

// Earned is a post that was amplified.
type Earned struct {
	Seq        hearth.Seq
	Key        hearth.Key
	Published  time.Time
	Amplifiers int
}

const (
	voicesDays  = 90
	voicesLimit = 20
	voicesMost  = 60
	voicesFresh = 5 * time.Minute
	earnedPosts = 5
	trustedFrom = 0.25 // of full trust: what somebody of average trust has
)

// Voices ranks the people whom others answer, quote, repost and name in a
// monitor's posts. It reads up to 20,000 posts, which takes a second, and gives
// what it found again for five minutes.
func (c *Charts) Voices(ctx context.Context, by access.Actor, s VoiceSearch) (v Voices, err error) {
	if err := by.CheckSome(access.ReadPosts); err != nil {
		return v, err
	}
	if err := c.exist(ctx, by, []hearth.MonitorID{s.Monitor}); err != nil {
		return v, err
	}
	now := c.m.o.Clock()
	if s.To.IsZero() {
		s.To = now.Truncate(voicesFresh).Add(voicesFresh)
	}
	if s.From.IsZero() {
		s.From = s.To.AddDate(0, 0, -voicesDays)
	}
	v, err = c.m.voices.get(ctx, voicesKey{by.Workspace, s.Monitor, s.From.UnixMicro(), s.To.UnixMicro()}, now, func() (Voices, error) {
		return c.m.rankVoices(ctx, by.Workspace, &s, now)
	})
	limit := s.Limit
	if limit <= 0 {
		limit = voicesLimit
	}
	v.Voices = v.Voices[:min(len(v.Voices), limit, voicesMost)]
	return v, err
}

// rankVoices works the ranking out.
func (m *Monitors) rankVoices(ctx context.Context, ws hearth.WorkspaceID, s *VoiceSearch, now time.Time) (Voices, error) {
	v := Voices{From: s.From, To: s.To, Made: now}
	trusted, err := m.trusted(ctx, ws)
	if err != nil {
		return v, err
	}
	t := newTopic(ws)
	if err := m.readTopic(ctx, t, s); err != nil {
		return v, err
	}
	if err := m.linkTopic(ctx, t, now); err != nil {
		return v, err
	}
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		return eachCount(tx, ws, s.Monitor, quarterOf(s.From.UnixMicro()), quarterOf(s.To.UnixMicro()), func(_, _, n int64) error {
			v.Of += n
			return nil
		})
	})
	if err != nil {
		return v, err
	}
	seeds := t.seeds(trusted)
	graph := influence.New(len(t.people), t.edges)
	v.Posts, v.People, v.Interactions, v.Trusted = int64(len(t.posts)), len(t.people), len(t.edges), len(seeds)
	v.Of = max(v.Of, v.Posts)
	for _, standing := range graph.Rank(seeds) {
		one, err := t.voice(graph, standing)
		if err != nil {
			return v, err
		}
		v.Voices = append(v.Voices, one)
	}
	return v, nil
}

// voice tells of one person.
func (t *topic) voice(graph *influence.Graph, s influence.Standing) (Voice, error) {
	p := &t.people[s.Person]
	v := Voice{Network: p.network, Author: p.text, Label: p.label, Followers: p.followers, Standing: s, Constraint: graph.Constraint(s.Person)}
	var err error
	if v.Query, _, err = p.query(nil); err != nil {
		return v, err
	}
	trusts := graph.Trusts(&s)
	var amplified []int
	for _, i := range p.posts {
		post := &t.posts[i]
		v.Posts++
		switch post.sentiment {
		case hearth.Positive:
			v.Positive++
		case hearth.Negative:
			v.Negative++
		}
		n := 0
		for u := range post.amplifiers {
			if trusts == nil || trusts[u] >= trustedFrom {
				n++
			}
		}
		amplified = append(amplified, n)
		if len(post.amplifiers) > 0 {
			v.Earned = append(v.Earned, Earned{Seq: post.seq, Key: post.key, Published: post.at, Amplifiers: len(post.amplifiers)})
		}
	}
	v.H = influence.HIndex(amplified)
	slices.SortFunc(v.Earned, func(a, b Earned) int {
		return cmp.Or(cmp.Compare(b.Amplifiers, a.Amplifiers), b.Published.Compare(a.Published), cmp.Compare(a.Seq, b.Seq))
	})
	v.Earned = slices.Clip(v.Earned[:min(len(v.Earned), earnedPosts)])
	return v, nil
}

// voicesKey names a ranking.
type voicesKey struct {
	workspace hearth.WorkspaceID
	monitor   hearth.MonitorID
	from, to  int64 // µs
}

// voicesCache keeps rankings for a few minutes. Of calls for the same one at the
// same time the first works it out.
type voicesCache struct {
	mu   sync.Mutex
	made map[voicesKey]*voicesMaking
}

type voicesMaking struct {
	mu     sync.Mutex // held while it is worked out
	voices Voices
	until  time.Time // zero: not made
}

const mostKept = 100

func (c *voicesCache) get(ctx context.Context, key voicesKey, now time.Time, work func() (Voices, error)) (Voices, error) {
	c.mu.Lock()
	if c.made == nil || len(c.made) > mostKept {
		c.made = map[voicesKey]*voicesMaking{}
	}
	m := c.made[key]
	if m == nil {
		m = &voicesMaking{}
		c.made[key] = m
	}
	c.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil || now.Before(m.until) {
		return m.voices, err
	}
	voices, err := work()
	if err == nil {
		m.voices, m.until = voices, now.Add(voicesFresh)
	}
	return voices, err
}

// forget drops the rankings of a workspace.
func (c *voicesCache) forget(ws hearth.WorkspaceID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key := range c.made {
		if key.workspace == ws {
			delete(c.made, key)
		}
	}
}
