package copies

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
)

// Show says what a stream shows one of.
type Show string

const (
	EachPost   Show = "posts"
	EachText   Show = "texts"  // one post of each cluster
	EachPerson Show = "people" // one post of each author
)

// Item is a post of a stream and the cluster it stands for.
type Item struct {
	archive.Hit
	Cluster Cluster // Posts is 0 or 1 where nobody copied it
}

// Page is a page of a stream.
type Page struct {
	Posts   []Item
	Left    int    // posts of the page that were left out, because another stands for them
	Next    string // "": there is no further page
	Partial bool
}

const (
	mostTurns      = 6   // pages that are read for one that is shown
	mostRemembered = 150 // clusters or authors that a cursor remembers
)

// Search is Posts.Search that shows each text or person once, by the first post that
// the stream comes to. What pages before have shown is remembered in the cursor, for
// the last 150; behind that a text may be shown again.
func (c *Copies) Search(ctx context.Context, by access.Actor, s monitor.PageSearch, show Show) (page Page, err error) {
	if err := by.CheckSome(access.ReadPosts); err != nil {
		return page, err
	}
	if show != EachPost && show != EachText && show != EachPerson {
		return page, &hearth.Error{Code: hearth.Invalid, Field: "show", Message: "Show posts, texts or people."}
	}
	var seen []int64
	if show != EachPost {
		if s.Cursor, seen, err = parseCursor(s.Cursor); err != nil {
			return page, err
		}
	}
	limit := s.Limit
	if limit <= 0 {
		limit = 50
	}
	for range mostTurns {
		s.Limit = limit - len(page.Posts)
		found, err := c.o.Posts.Search(ctx, by, s)
		if err != nil {
			return page, err
		}
		page.Next, page.Partial = found.Next, found.Partial
		if err := c.take(ctx, by, &page, &seen, found.Posts, show); err != nil {
			return page, err
		}
		if found.Next == "" || found.Partial || len(page.Posts) >= limit {
			break
		}
		s.Cursor = found.Next
	}
	if show != EachPost && page.Next != "" {
		page.Next = cursor(page.Next, seen)
	}
	return page, nil
}

// take adds those of some posts that are to be shown.
func (c *Copies) take(ctx context.Context, by access.Actor, page *Page, seen *[]int64, posts []archive.Hit, show Show) error {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		return err
	}
	seqs := make([]hearth.Seq, len(posts))
	for i := range posts {
		seqs[i] = posts[i].Seq
	}
	first, clusters := len(page.Posts), []int64{}
	err = c.o.Store.Read(ctx, func(tx *db.Tx) error {
		known, err := clustersOf(tx, by.Workspace, seqs)
		if err != nil {
			return err
		}
		summaries := map[int64]Cluster{}
		for i := range posts {
			cluster, one := known[posts[i].Seq], int64(0)
			switch show {
			case EachText:
				one = cluster
			case EachPerson:
				one = authorOf(&posts[i].Post)
			}
			if one != 0 && slices.Contains(*seen, one) {
				page.Left++
				continue
			}
			if one != 0 {
				*seen = append(*seen, one)
			}
			item := Item{Hit: posts[i]}
			if cluster != 0 && scope.Whole() {
				sum, ok := summaries[cluster]
				if !ok {
					if sum, err = summary(tx, by.Workspace, cluster); err != nil {
						return err
					}
					summaries[cluster] = sum
				}
				item.Cluster = sum
			}
			page.Posts = append(page.Posts, item)
			clusters = append(clusters, cluster)
		}
		return nil
	})
	if err != nil || scope.Whole() {
		return err
	}
	summaries := map[int64]Cluster{}
	for i, cluster := range clusters {
		if cluster == 0 {
			continue
		}
		item := &page.Posts[first+i]
		sum, ok := summaries[cluster]
		if !ok {
			if sum, _, err = c.seenBy(ctx, by, item.Seq, 1); err != nil {
				return err
			}
			summaries[cluster] = sum
		}
		item.Cluster = sum
	}
	return nil
}

// A cursor is that of the posts behind what was shown: "12.40.7|cursor".
func cursor(next string, seen []int64) string {
	var b strings.Builder
	for i, one := range seen[max(0, len(seen)-mostRemembered):] {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strconv.FormatInt(one, 36))
	}
	return b.String() + "|" + next
}

func parseCursor(s string) (next string, seen []int64, err error) {
	if s == "" {
		return "", nil, nil
	}
	list, next, ok := strings.Cut(s, "|")
	bad := hearth.Errorf(hearth.Invalid, "This is no cursor of such a list; begin at its first page.")
	if !ok || strings.Count(list, ".") >= mostRemembered {
		return "", nil, bad
	}
	if list == "" {
		return next, nil, nil
	}
	for one := range strings.SplitSeq(list, ".") {
		n, err := strconv.ParseInt(one, 36, 64)
		if err != nil {
			return "", nil, bad
		}
		seen = append(seen, n)
	}
	return next, seen, nil
}

// Distinct is how many different things some posts are.
type Distinct struct {
	Posts  int64 // that were looked at, the newest
	Texts  int64 // clusters, and posts that nobody copied
	People int64 // authors, and posts whose author nobody knows
	All    bool  // there are no others
}

// mostCounted is how many posts Count and Campaigns look at.
const mostCounted = 10_000

// Count says how many posts, distinct texts and distinct people a selection is; it
// looks at 10,000 posts at most.
func (c *Copies) Count(ctx context.Context, by access.Actor, s monitor.Selection) (d Distinct, err error) {
	if err := by.CheckSome(access.ReadPosts); err != nil {
		return d, err
	}
	texts, people := map[int64]bool{}, map[int64]bool{}
	d.All, err = c.each(ctx, by, s, func(hit *archive.Hit, cluster int64) {
		d.Posts++
		if cluster == 0 || !texts[cluster] {
			d.Texts++
		}
		if author := authorOf(&hit.Post); author == 0 || !people[author] {
			d.People++
			people[author] = true
		}
		texts[cluster] = true
	})
	return d, err
}

// each reads the newest posts of a selection, and says whether there are no others.
func (c *Copies) each(ctx context.Context, by access.Actor, s monitor.Selection, f func(hit *archive.Hit, cluster int64)) (all bool, err error) {
	ask := monitor.PageSearch{Selection: s, Limit: 1000}
	for n := 0; n < mostCounted; {
		found, err := c.o.Posts.Search(ctx, by, ask)
		if err != nil {
			return false, err
		}
		seqs := make([]hearth.Seq, len(found.Posts))
		for i := range found.Posts {
			seqs[i] = found.Posts[i].Seq
		}
		var known map[hearth.Seq]int64
		err = c.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
			known, err = clustersOf(tx, by.Workspace, seqs)
			return err
		})
		if err != nil {
			return false, err
		}
		for i := range found.Posts {
			f(&found.Posts[i], known[found.Posts[i].Seq])
		}
		n += len(found.Posts)
		if found.Next == "" {
			return true, nil
		}
		if found.Partial && len(found.Posts) == 0 {
			return false, nil
		}
		ask.Cursor = found.Next
	}
	return false, nil
}
