package monitor

import (
	"cmp"
	"context"
	"math"
	"strings"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor/influence"
	"hearth/query"
)

// topic is the posts of a monitor as a graph of people: who answers, quotes,
// reposts and names whom.
type topic struct {
	workspace hearth.WorkspaceID
	people    []person
	posts     []topicPost
	edges     []influence.Edge
	known     map[name]int       // people by network and id, or @ and handle
	byKey     map[hearth.Key]int // posts
}

// person is somebody who wrote, was answered or was named.
type person struct {
	name
	label     string
	followers hearth.Count
	posts     []int
}

// topicPost is what the graph needs of a post.
type topicPost struct {
	key        hearth.Key
	seq        hearth.Seq
	at         time.Time
	author     int // -1: nobody
	sentiment  hearth.Sentiment
	replyTo    string
	quotes     string
	repostOf   string
	mentions   []string
	amplifiers map[int]bool // by answering, quoting or reposting it
}

// How much an interaction counts (algorithms, section 1), and how long.
const (
	countRepost  = 1.0 // and quote
	countReply   = 0.7
	countMention = 0.3
	halfLife     = 30 * 24 * time.Hour

	mostTopicPosts   = 20_000
	mostTopicLookups = 3_000 // of posts that are answered, but not of the topic
	mostMentions     = 20    // of one post
)

func newTopic(ws hearth.WorkspaceID) *topic {
	return &topic{workspace: ws, known: map[name]int{}, byKey: map[hearth.Key]int{}}
}

// readTopic reads the newest posts of a time.
func (m *Monitors) readTopic(ctx context.Context, t *topic, s *VoiceSearch) error {
	before := place{at: s.To.UnixMicro()}
	for len(t.posts) < mostTopicPosts {
		var places []place
		err := m.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
			places, err = mentionPlaces(tx, t.workspace, s.Monitor, before, s.From.UnixMicro(), 1000)
			return err
		})
		if err != nil || len(places) == 0 {
			return err
		}
		seqs := make([]hearth.Seq, len(places))
		for i, p := range places {
			seqs[i] = p.seq
		}
		rows, err := m.o.Archive.BySeq(ctx, t.workspace, seqs)
		if err != nil {
			return err
		}
		for i := range rows {
			if r := &rows[i]; !r.Erased && !r.Hidden {
				t.add(r)
			}
		}
		before = places[len(places)-1]
	}
	return nil
}

// add takes a post in.
func (t *topic) add(r *archive.Stored) {
	p := &r.Post
	post := topicPost{
		key: p.Key(), seq: r.Seq, at: timeOf(r), author: t.author(p), sentiment: p.Sentiment,
		replyTo: p.InReplyTo, quotes: p.Quotes, repostOf: p.RepostOf, mentions: p.Mentions[:min(len(p.Mentions), mostMentions)],
	}
	if post.author >= 0 {
		one := &t.people[post.author]
		one.posts = append(one.posts, len(t.posts))
		if !one.followers.Known { // the newest post comes first
			one.followers = p.Author.Followers
		}
	}
	t.byKey[post.key] = len(t.posts)
	t.posts = append(t.posts, post)
}

// author finds or makes the author of a post; -1 if it has none. People are
// known by their handle as well as by their id.
func (t *topic) author(p *hearth.Post) int {
	text, label := authorOf(p)
	if text == "" {
		return -1
	}
	i := t.person(name{t.workspace, authorName, p.Network, text}, label)
	if p.Author.Handle != "" {
		handle := name{t.workspace, authorName, p.Network, handleSign + query.Key(query.FieldAuthor, p.Author.Handle)}
		if _, ok := t.known[handle]; !ok {
			t.known[handle] = i
		}
	}
	return i
}

func (t *topic) person(n name, label string) int {
	i, ok := t.known[n]
	if !ok {
		i = len(t.people)
		t.known[n] = i
		t.people = append(t.people, person{name: n, label: label})
	}
	return i
}

// linkTopic draws the edges.
func (m *Monitors) linkTopic(ctx context.Context, t *topic, now time.Time) error {
	lookups := map[hearth.Key]int{}
	// whose says who wrote a post that another one points to; -1: nobody knows.
	whose := func(key hearth.Key) (int, error) {
		if i, ok := t.byKey[key]; ok {
			return t.posts[i].author, nil
		}
		if i, ok := lookups[key]; ok {
			return i, nil
		}
		author := t.inID(key)
		if author < 0 && len(lookups) < mostTopicLookups {
			switch s, err := m.o.Archive.Get(ctx, t.workspace, key); {
			case err == nil && !s.Hidden:
				author = t.author(&s.Post)
			case err != nil && hearth.ErrorCode(err) != hearth.NotFound:
				return -1, err
			}
		}
		lookups[key] = author
		return author, nil
	}
	for i := range t.posts {
		p := &t.posts[i]
		if p.author < 0 {
			continue
		}
		fresh := math.Exp2(-max(0, now.Sub(p.at).Hours()) / halfLife.Hours())
		for _, at := range []struct {
			id     string
			weight float64
		}{{p.repostOf, countRepost}, {p.quotes, countRepost}, {p.replyTo, countReply}} {
			if at.id == "" {
				continue
			}
			key := hearth.Key{Network: p.key.Network, ID: at.id}
			author, err := whose(key)
			if err != nil {
				return err
			}
			if author < 0 || author == p.author {
				continue
			}
			t.edges = append(t.edges, influence.Edge{From: p.author, To: author, Weight: at.weight * fresh})
			if k, ok := t.byKey[key]; ok {
				if t.posts[k].amplifiers == nil {
					t.posts[k].amplifiers = map[int]bool{}
				}
				t.posts[k].amplifiers[p.author] = true
			}
		}
		for _, handle := range p.mentions {
			if key := query.Key(query.FieldAuthor, handle); key != "" {
				named := t.person(name{t.workspace, authorName, p.key.Network, handleSign + key}, handle)
				if named != p.author {
					t.edges = append(t.edges, influence.Edge{From: p.author, To: named, Weight: countMention * fresh})
				}
			}
		}
	}
	return nil
}

// inID finds the author in ids that begin with them, as those of the AT protocol
// do: at://did/collection/key.
func (t *topic) inID(key hearth.Key) int {
	rest, ok := strings.CutPrefix(key.ID, "at://")
	did, _, more := strings.Cut(rest, "/")
	if !ok || !more || !strings.HasPrefix(did, "did:") {
		return -1
	}
	return t.person(name{t.workspace, authorName, key.Network, did}, did)
}

// seeds is who of the people is on the list of trusted ones.
func (t *topic) seeds(trusted []Person) (list []int) {
	for _, p := range trusted {
		if i, ok := t.known[name{t.workspace, authorName, p.Network, cmp.Or(p.Author, handleSign)}]; ok {
			list = append(list, i)
		}
	}
	return list
}
