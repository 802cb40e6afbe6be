package web

import (
	"cmp"
	"net/url"
	"slices"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
)

// postPage is one post with what stands around it.
type postPage struct {
	Post     card
	Exact    moment // when it was written
	Received moment
	Kind     string
	Monitors []link
	Thread   []card
	Author   authorCard
	Bot      *automation // of its author; nil: not known
	Score    string      // of the sentiment; "" where there is none
	Rating   string
	Item     string
	Tags     []postTag
	TagAt    string     // where tags are added; "": not by this visitor
	Edits    []postEdit // the newest first; none: it is as it was written
	Says     []correction
	SayAt    string   // where it is corrected; "": not by this visitor
	Said     *undo    // what was just said
	History  []saying // the newest first
}

// postTag is a tag of a post.
type postTag struct{ Name, DropAt string }

// fillTags names the post and its tags in addresses, where no character of theirs
// does harm.
func (v *visit) fillTags(page *postPage, key hearth.Key, tags []string) {
	at := func(more ...string) string {
		q := url.Values{"network": {key.Network}, "id": {key.ID}}
		for i := 0; i+1 < len(more); i += 2 {
			q.Set(more[i], more[i+1])
		}
		return "/post/tags?" + q.Encode()
	}
	if v.by.MaySome(access.TagPosts) {
		page.TagAt = at()
	}
	for _, t := range tags {
		page.Tags = append(page.Tags, postTag{shorten(100, t), at("drop", t)})
	}
}

// postEdit is what an edit changed, word by word.
type postEdit struct {
	When  moment
	Words []monitor.Piece
}

// authorCard is what is known of an author from their posts.
type authorCard struct {
	Followers int64
	Known     bool // Followers
	Profile   *outside
	Verified  bool
	Posts     int64
	Latest    []card
}

const (
	threadShown = 12
	latestShown = 3
)

// post is the page of one post, and the sheet beside a stream.
func (web *Web) post(v *visit) error {
	key := hearth.Key{Network: v.query("network"), ID: v.query("id")}
	hit, err := web.o.Posts.Get(v.ctx(), v.by, key)
	if hearth.ErrorCode(err) == hearth.NotFound {
		err = hearth.Errorf(hearth.NotFound, "%s", v.say("post.gone"))
	}
	if err != nil {
		return err
	}
	p := &hit.Post
	page := &postPage{
		Post: v.newCard(hit.Seq, p, nil, unabridged), Exact: v.when(p.Published), Received: v.when(hit.Received),
		Kind: v.name("kind", string(p.KindOf())), Item: shorten(120, p.Item),
		Author: authorCard{Followers: p.Author.Followers.N, Known: p.Author.Followers.Known, Profile: leadsOut(p.Author.URL), Verified: p.Author.Verified == hearth.True},
	}
	v.fillTags(page, key, p.Tags)
	if err := v.fillSays(page, key, p); err != nil {
		return err
	}
	if err := v.fillAutomation(page, key, p); err != nil {
		return err
	}
	if p.SentimentScore.Known {
		page.Score = v.decimal(p.SentimentScore.V, 2)
	}
	if p.Rating.Known {
		page.Rating = v.decimal(p.Rating.V, 1)
	}
	if err := v.fillMonitors(page, hit.Monitors); err != nil {
		return err
	}
	if err := v.fillAround(page, p); err != nil {
		return err
	}
	if err := v.fillEdits(page, key); err != nil {
		return err
	}
	if v.part() {
		return v.block(200, "post", "main", page)
	}
	return v.show("post", v.say("post.by", "name", page.Post.Author), page)
}

// fillEdits compares each version of a post with the one before.
func (v *visit) fillEdits(page *postPage, key hearth.Key) error {
	versions, err := v.web.o.Posts.History(v.ctx(), v.by, key)
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(versions); i++ {
		now, before := &versions[i], &versions[i+1]
		text, old := wordsOf(&now.Post), wordsOf(&before.Post)
		if text == old {
			continue // numbers or pictures only
		}
		page.Edits = append(page.Edits, postEdit{v.when(cmp.Or(now.At, now.Received)), monitor.Diff(old, text)})
	}
	return nil
}

// wordsOf is what somebody wrote, as far as it is compared.
func wordsOf(p *hearth.Post) string {
	const most = 20_000
	s := visibleLines(p.Text)
	if p.Title != "" {
		s = hearth.Visible(p.Title) + "\n" + s
	}
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s
}

// fillMonitors names the monitors that caught it.
func (v *visit) fillMonitors(page *postPage, ids []hearth.MonitorID) error {
	list, err := v.web.o.Monitors.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if name := monitorName(list, id); name != "" {
			page.Monitors = append(page.Monitors, link{Label: shorten(60, name), Href: look{Monitor: id}.at("/mentions")})
		}
	}
	return nil
}

// fillThread shows the conversation with its first post, which is asked for by
// its key: the index knows what posts answer to, not what they are called.
func (v *visit) fillThread(page *postPage, p *hearth.Post, root, network string) error {
	found, err := v.web.o.Posts.Search(v.ctx(), v.by, monitor.PageSearch{
		Selection: monitor.Selection{Query: network + "(root:" + quoted(root) + " OR replyto:" + quoted(p.ID) + ")"},
		Limit:     threadShown, Oldest: true,
	})
	if err != nil {
		return err
	}
	first, err := v.web.o.Posts.Get(v.ctx(), v.by, hearth.Key{Network: p.Network, ID: root})
	if err != nil && hearth.ErrorCode(err) != hearth.NotFound {
		return err
	}
	thread := slices.DeleteFunc(found.Posts, func(h archive.Hit) bool { return h.Post.ID == root })
	if err == nil {
		thread = slices.Insert(thread, 0, archive.Hit{Stored: first})
	}
	if len(thread) < 2 {
		return nil
	}
	for i := range thread[:min(threadShown, len(thread))] {
		h := &thread[i]
		page.Thread = append(page.Thread, v.newCard(h.Seq, &h.Post, nil, 280))
	}
	return nil
}

// fillAround finds the posts of the same conversation, the oldest first, and
// the latest of the same author.
func (v *visit) fillAround(page *postPage, p *hearth.Post) error {
	root := p.Root
	if root == "" {
		root = p.ID
	}
	network := "network:" + quoted(p.Network) + " AND "
	if err := v.fillThread(page, p, root, network); err != nil {
		return err
	}
	if p.Author.ID == "" {
		return nil
	}
	byAuthor := monitor.Selection{Query: network + "authorid:" + quoted(p.Author.ID)}
	counts, err := v.web.o.Posts.Count(v.ctx(), v.by, byAuthor, 0)
	if err != nil {
		return err
	}
	page.Author.Posts = int64(counts.Total)
	latest, err := v.web.o.Posts.Search(v.ctx(), v.by, monitor.PageSearch{Selection: byAuthor, Limit: latestShown + 1})
	if err != nil {
		return err
	}
	for i := range latest.Posts {
		if h := &latest.Posts[i]; h.Post.ID != p.ID && len(page.Author.Latest) < latestShown {
			page.Author.Latest = append(page.Author.Latest, v.newCard(h.Seq, &h.Post, nil, 140))
		}
	}
	return nil
}
