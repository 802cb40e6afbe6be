package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/analyzer/simple"
	blevequery "github.com/blevesearch/bleve/v2/search/query"

	"hearth"
	"hearth/match"
	"hearth/query"
	"hearth/text"
)

// matchPosts compares what it costs to ask thousands of queries of one post.
// Each contestant gets as many posts as it can do in a few seconds.
func matchPosts(s *sheet) error {
	const standing = 10_000
	queries, trees := monitors(standing)
	list, err := posts(frames(4_000, standing))
	if err != nil {
		return err
	}
	var all []match.Standing
	for i, source := range queries {
		q, problems := query.Parse(source)
		if q == nil {
			return fmt.Errorf("the query %s: %v", source, problems)
		}
		all = append(all, match.Standing{ID: hearth.MonitorID(i + 1), Query: q})
	}
	set := match.NewSet(all)
	scratch := match.NewScratch()
	var doc text.Doc
	var wanted []int32
	hits := 0
	each, allocs, err := measure(2*time.Second, func() (int, error) {
		hits = 0
		for i := range list {
			query.AddPost(&doc, &list[i])
			wanted = set.Wanted(scratch, &list[i], &doc, wanted[:0])
			hits += len(wanted)
		}
		return len(list), nil
	})
	if err != nil {
		return err
	}
	s.add(row{name: "Hearth", each: each, allocs: allocs, note: fmt.Sprintf("%d queries, %d hits in %d posts", standing, hits, len(list))})

	s.regexps(trees, list[:40])
	s.tsqueries(trees, list[:150])
	s.bleves(trees, list[:3])
	s.lucene(trees, list)
	return nil
}

func (s *sheet) regexps(trees []*node, list []hearth.Post) {
	compiled := map[*node]*regexp.Regexp{}
	hits := 0
	work := func() (int, error) {
		hits = 0
		for i := range list {
			for _, t := range trees {
				if t.holds(list[i].Text, compiled) {
					hits++
				}
			}
		}
		return len(list), nil
	}
	each, allocs, err := measure(2*time.Second, work)
	if err != nil {
		s.absent("regular expressions", err.Error())
		return
	}
	s.add(row{name: "regular expressions", each: each, allocs: allocs, note: fmt.Sprintf("Go's, one after the other; %d hits in %d posts", hits, len(list))})
}

func (s *sheet) tsqueries(trees []*node, list []hearth.Post) {
	const name = "PostgreSQL tsquery"
	ctx := context.Background()
	p, err := startPostgres(ctx)
	if err != nil {
		s.absent(name, err.Error())
		return
	}
	defer p.stop()
	if _, err := p.Exec(ctx, "CREATE UNLOGGED TABLE monitor (id int, q tsquery)"); err != nil {
		s.absent(name, err.Error())
		return
	}
	for i, t := range trees {
		if _, err := p.Exec(ctx, "INSERT INTO monitor VALUES ($1, $2::text::tsquery)", i, t.tsquery()); err != nil {
			s.absent(name, fmt.Sprintf("%s: %v", t.tsquery(), err))
			return
		}
	}
	if _, err := p.Exec(ctx, "ANALYZE monitor"); err != nil {
		s.absent(name, err.Error())
		return
	}
	hits := 0
	each, _, err := measure(2*time.Second, func() (int, error) {
		hits = 0
		for i := range list {
			var n int
			if err := p.QueryRow(ctx, "SELECT count(*) FROM monitor WHERE to_tsvector('simple', $1) @@ q", list[i].Text).Scan(&n); err != nil {
				return 0, err
			}
			hits += n
		}
		return len(list), nil
	})
	if err != nil {
		s.absent(name, err.Error())
		return
	}
	s.add(row{name: name, each: each, allocs: -1, note: fmt.Sprintf("stored in a table; %d hits in %d posts", hits, len(list))})
}

// bleves asks an index in memory that holds the one post.
func (s *sheet) bleves(trees []*node, list []hearth.Post) {
	const name = "bleve in memory"
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = "simple"
	var queries []blevequery.Query
	for _, t := range trees {
		queries = append(queries, t.bleve())
	}
	hits := 0
	each, allocs, err := measure(2*time.Second, func() (int, error) {
		hits = 0
		for i := range list {
			index, err := bleve.NewMemOnly(mapping)
			if err != nil {
				return 0, err
			}
			if err := index.Index("post", map[string]string{"text": list[i].Text}); err != nil {
				return 0, err
			}
			for _, q := range queries {
				found, err := index.Search(bleve.NewSearchRequest(q))
				if err != nil {
					return 0, err
				}
				hits += int(found.Total)
			}
			if err := index.Close(); err != nil {
				return 0, err
			}
		}
		return len(list), nil
	})
	if err != nil {
		s.absent(name, err.Error())
		return
	}
	s.add(row{name: name, each: each, allocs: allocs, note: fmt.Sprintf("near as and; %d hits in %d posts", hits, len(list))})
}

// bleve writes the query for bleve, which has no distances: near is and.
func (n *node) bleve() blevequery.Query {
	switch n.op {
	case "phrase":
		q := bleve.NewMatchPhraseQuery(strings.Join(n.words, " "))
		q.SetField("text")
		return q
	case "prefix":
		q := bleve.NewPrefixQuery(n.words[0])
		q.SetField("text")
		return q
	}
	b := bleve.NewBooleanQuery()
	for _, k := range n.kids {
		switch {
		case k.op == "not":
			b.AddMustNot(k.kids[0].bleve())
		case n.op == "or":
			b.AddShould(k.bleve())
		default:
			b.AddMust(k.bleve())
		}
	}
	return b
}
