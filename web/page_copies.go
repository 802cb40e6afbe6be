package web

import (
	"net/url"

	"hearth"
	"hearth/copies"
	"hearth/monitor"
	"hearth/query"
)

// copiesPage is the posts that tell the same text as one.
type copiesPage struct {
	Finding string
	Facts   []string
	First   moment
	Posts   []card
	More    string
	All     string // all of them in Mentions
}

// copiesNote is, on a post that stands for others, how many these are.
type copiesNote struct{ Words, Link string }

// once is a page of posts, with each text or person once where that is asked for.
func (v *visit) once(show copies.Show, s monitor.PageSearch) (page copies.Page, err error) {
	if show != "" {
		return v.web.o.Copies.Search(v.ctx(), v.by, s, show)
	}
	found, err := v.web.o.Posts.Search(v.ctx(), v.by, s)
	page.Next, page.Partial = found.Next, found.Partial
	for i := range found.Posts {
		page.Posts = append(page.Posts, copies.Item{Hit: found.Posts[i]})
	}
	return page, err
}

func (v *visit) copiesNote(item *copies.Item) *copiesNote {
	c := &item.Cluster
	if c.Posts < 2 {
		return nil
	}
	return &copiesNote{
		Words: v.say("copies.note", "n", c.Posts, "people", v.number(c.People)),
		Link:  "/copies?" + url.Values{"network": {item.Post.Network}, "id": {item.Post.ID}}.Encode(),
	}
}

// copies is the page of a text that several posts tell.
func (web *Web) copies(v *visit) error {
	const most = 50
	found, err := web.o.Copies.Of(v.ctx(), v.by, hearth.Key{Network: v.query("network"), ID: v.query("id")}, most)
	if err != nil {
		return err
	}
	p := &copiesPage{Finding: v.say("copies.finding", "n", found.Posts), First: v.when(found.First)}
	p.Facts = []string{v.say("copies.texts", "n", found.Texts), v.say("copies.people", "n", found.People)}
	for i := range found.List {
		s := &found.List[i]
		c := v.newCard(s.Seq, &s.Post, nil, listed)
		p.Posts = append(p.Posts, c)
	}
	if id := v.query("id"); len(found.List) > 1 {
		p.All = look{Query: "copy:" + query.IDValue(id).String(), Period: "all"}.at("/mentions")
	}
	if found.More {
		p.More = v.say("copies.more", "n", found.Posts-int64(len(found.List)))
	}
	return v.show("copies", v.say("copies.title"), p)
}
