package ingest

import (
	"slices"
	"strings"

	"hearth"
)

// nameless remembers authors whom a network was not asked about, or did not
// answer for, so that it is asked again with those of later posts. It holds each
// for a few tries and not more than mostNameless of them, the latest. One
// goroutine may use it.
type nameless struct {
	list []missing // oldest first
}

// missing is one author, as a post that has nothing else.
type missing struct {
	post  *hearth.Post
	tries int // that are left
}

const (
	mostNameless  = 500
	namelessTries = 5
)

// note remembers the author of a post.
func (n *nameless) note(p *hearth.Post) {
	is := func(m missing) bool { return m.post.Author.ID == p.Author.ID }
	if p.Author.ID == "" || slices.ContainsFunc(n.list, is) {
		return
	}
	if len(n.list) == mostNameless {
		n.list = slices.Delete(n.list, 0, 1)
	}
	author := &hearth.Post{Network: strings.Clone(p.Network), Author: hearth.Author{ID: strings.Clone(p.Author.ID)}}
	n.list = append(n.list, missing{author, namelessTries})
}

// again is posts of those authors who are to be asked about once more.
func (n *nameless) again() []*hearth.Post {
	posts := make([]*hearth.Post, 0, len(n.list))
	for i := range n.list {
		n.list[i].tries--
		posts = append(posts, n.list[i].post)
	}
	return posts
}

// settle forgets those who have a name now, and those asked about often enough.
func (n *nameless) settle(still func(*hearth.Post) bool) {
	n.list = slices.DeleteFunc(n.list, func(m missing) bool { return m.tries <= 0 || !still(m.post) })
}
