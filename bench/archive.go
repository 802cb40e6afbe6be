package main

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/query"
)

// stored is how many posts the archives get, and group how many a commit.
const (
	stored = 50_000
	group  = 512
)

// shelf is one contestant's archive, filled by appendPosts and asked by
// searchPosts.
type shelf struct {
	name, note string
	fill       func(list []hearth.Post) error // one commit
	search     func(q *node, source string) (hits int, err error)
	close      func()
	bytes      func() int64
}

// shelves opens them all; absent ones are told to the sheet.
func shelves(s *sheet, dir string) (list []*shelf, closeAll func()) {
	for _, open := range []struct {
		name string
		open func(dir string) (*shelf, error)
	}{{"Hearth", openHearth}, {"SQLite FTS5", openFTS5}, {"PostgreSQL GIN", openGIN}, {"bleve", openBleve}} {
		at := filepath.Join(dir, strings.ReplaceAll(open.name, " ", "-"))
		err := os.Mkdir(at, 0o755)
		if err == nil {
			var one *shelf
			if one, err = open.open(at); err == nil {
				one.name = open.name
				if one.bytes == nil {
					one.bytes = func() int64 { return size(at) }
				}
				list = append(list, one)
				continue
			}
		}
		s.absent(open.name, err.Error())
	}
	return list, func() {
		for _, one := range list {
			one.close()
		}
	}
}

func size(dir string) (sum int64) {
	filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			if info, err := e.Info(); err == nil {
				sum += info.Size()
			}
		}
		return nil
	})
	return sum
}

func appendPosts(s *sheet) error { return keep(s, false) }
func searchPosts(s *sheet) error { return keep(s, true) }

// keep fills the shelves, and asks them.
func keep(s *sheet, ask bool) error {
	list, err := posts(frames(stored, 10_000))
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hearth-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	all, closeAll := shelves(s, dir)
	defer closeAll()
	for _, one := range all {
		begin := time.Now()
		for part := range slices.Chunk(list, group) {
			if err := one.fill(part); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
		}
		took := time.Since(begin)
		if !ask {
			s.add(row{name: one.name, each: took / time.Duration(len(list)), allocs: -1, note: fmt.Sprintf("%s; %d bytes a post", one.note, one.bytes()/int64(len(list)))})
		}
	}
	if !ask {
		return nil
	}
	queries := typical(list)
	for _, one := range all {
		var times []time.Duration
		hits := 0
		for _, q := range queries {
			begin := time.Now()
			n, err := one.search(q.tree, q.source)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", one.name, q.source, err)
			}
			times = append(times, time.Since(begin))
			hits += n
		}
		slices.Sort(times)
		var sum time.Duration
		for _, t := range times {
			sum += t
		}
		s.add(row{name: one.name, each: sum / time.Duration(len(times)), allocs: -1,
			note: fmt.Sprintf("p50 %s, p99 %s; %d queries, %d posts shown", short(times[len(times)/2]), short(times[len(times)*99/100]), len(times), hits)})
	}
	return nil
}

type asked struct {
	source string
	tree   *node
}

// typical are words common and rare, phrases, two words, and beginnings, taken
// from the posts themselves.
func typical(list []hearth.Post) (queries []asked) {
	add := func(source string) {
		p := parser{tokens: lexical.FindAllString(source, -1)}
		queries = append(queries, asked{source, p.or()})
	}
	for i := 7; len(queries) < 200; i += 211 {
		var words []string
		for _, w := range strings.Fields(strings.ToLower(list[i%len(list)].Text)) {
			if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" && len(w) > 3 && w != "near" {
				words = append(words, w)
			}
		}
		if len(words) < 6 {
			continue
		}
		add(words[0])
		add(words[1] + " AND " + words[4])
		add(`"` + words[2] + " " + words[3] + `"`)
		add("(" + words[0] + " OR " + words[5] + ") AND NOT " + words[1])
		add(words[len(words)-1][:4] + "*")
	}
	return queries
}

func openHearth(dir string) (*shelf, error) {
	ctx := context.Background()
	d, err := db.Open(ctx, filepath.Join(dir, "archive.db"), db.Options{Schemas: []db.Schema{archive.Schema()}})
	if err != nil {
		return nil, err
	}
	a, err := archive.Open(ctx, d, archive.Options{Clock: hearth.SystemClock})
	if err != nil {
		d.Close()
		return nil, err
	}
	var entries []archive.Entry
	return &shelf{
		note: "in SQLite, its own index; words with places, tags, links, authors, fields",
		fill: func(list []hearth.Post) error {
			entries = entries[:0]
			for i := range list {
				entries = append(entries, archive.Entry{Op: archive.Create, Post: &list[i], Source: 1, At: list[i].Published})
			}
			_, err := a.Append(ctx, hearth.DefaultWorkspace, entries, nil)
			return err
		},
		search: func(_ *node, source string) (int, error) {
			q, problems := query.Parse(source)
			if q == nil {
				return 0, fmt.Errorf("%v", problems)
			}
			page, err := a.Search(ctx, hearth.DefaultWorkspace, archive.Search{Query: q})
			return len(page.Posts), err
		},
		close: func() { a.Close(); d.Close() },
	}, nil
}

func openFTS5(dir string) (*shelf, error) {
	d, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "fts5.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-32768)")
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(1)
	if _, err := d.Exec(`CREATE TABLE post (id INTEGER PRIMARY KEY, native TEXT UNIQUE, author TEXT, published INTEGER, body TEXT);
		CREATE INDEX post_published ON post (published);
		CREATE VIRTUAL TABLE words USING fts5 (body, content='', detail=full)`); err != nil {
		d.Close()
		return nil, err
	}
	id := 0
	return &shelf{
		note: "contentless, words with places",
		fill: func(list []hearth.Post) error {
			tx, err := d.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			post, err := tx.Prepare("INSERT INTO post VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
			if err != nil {
				return err
			}
			words, err := tx.Prepare("INSERT INTO words (rowid, body) VALUES (?, ?)")
			if err != nil {
				return err
			}
			for i := range list {
				p := &list[i]
				id++
				if _, err := post.Exec(id, p.ID, p.Author.ID, p.Published.UnixMicro(), p.Text); err != nil {
					return err
				}
				if _, err := words.Exec(id, p.Text); err != nil {
					return err
				}
			}
			return tx.Commit()
		},
		search: func(q *node, _ string) (n int, err error) {
			err = each(d, `SELECT body FROM post WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?) ORDER BY published DESC LIMIT 50`, q.fts5(), &n)
			return n, err
		},
		close: func() { d.Close() },
	}, nil
}

func each(d *sql.DB, statement, argument string, n *int) error {
	rows, err := d.Query(statement, argument)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		if err := rows.Scan(&body); err != nil {
			return err
		}
		*n++
	}
	return rows.Err()
}

// fts5 writes the query for FTS5.
func (n *node) fts5() string {
	switch n.op {
	case "phrase":
		return `"` + strings.Join(n.words, " ") + `"`
	case "prefix":
		return `"` + n.words[0] + `" *`
	}
	out := ""
	for i, k := range n.kids {
		switch {
		case k.op == "not":
			out += " NOT " + k.kids[0].fts5()
		case i == 0:
			out = k.fts5()
		default:
			out += " " + strings.ToUpper(n.op) + " " + k.fts5()
		}
	}
	return "(" + out + ")"
}

func openGIN(string) (*shelf, error) {
	ctx := context.Background()
	p, err := startPostgres(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := p.Exec(ctx, `CREATE TABLE post (native text PRIMARY KEY, author text, published timestamptz, body text,
			words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED);
		CREATE INDEX ON post (published);
		CREATE INDEX ON post USING gin (words)`); err != nil {
		p.stop()
		return nil, err
	}
	return &shelf{
		note: "tsvector with places; the server in a process of its own",
		fill: func(list []hearth.Post) error {
			tx, err := p.Begin(ctx)
			if err != nil {
				return err
			}
			defer tx.Rollback(ctx)
			batch := &pgx.Batch{}
			for i := range list {
				q := &list[i]
				batch.Queue("INSERT INTO post (native, author, published, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
					q.ID, q.Author.ID, q.Published, strings.ReplaceAll(q.Text, "\x00", ""))
			}
			if err := tx.SendBatch(ctx, batch).Close(); err != nil {
				return err
			}
			return tx.Commit(ctx)
		},
		search: func(q *node, _ string) (int, error) {
			rows, err := p.Query(ctx, "SELECT body FROM post WHERE words @@ $1::text::tsquery ORDER BY published DESC LIMIT 50", q.tsquery())
			if err != nil {
				return 0, err
			}
			bodies, err := pgx.CollectRows(rows, pgx.RowTo[string])
			return len(bodies), err
		},
		close: p.stop,
		bytes: func() (n int64) {
			p.QueryRow(ctx, "SELECT pg_total_relation_size('post')").Scan(&n)
			return n
		},
	}, nil
}

func openBleve(dir string) (*shelf, error) {
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = "simple"
	index, err := bleve.New(filepath.Join(dir, "index"), mapping)
	if err != nil {
		return nil, err
	}
	return &shelf{
		note: "words with places, the text stored",
		fill: func(list []hearth.Post) error {
			b := index.NewBatch()
			for i := range list {
				p := &list[i]
				err := b.Index(p.ID, map[string]any{"text": p.Text, "author": p.Author.ID, "published": p.Published})
				if err != nil {
					return err
				}
			}
			return index.Batch(b)
		},
		search: func(q *node, _ string) (int, error) {
			request := bleve.NewSearchRequestOptions(q.bleve(), 50, 0, false)
			request.SortBy([]string{"-published"})
			request.Fields = []string{"text"}
			found, err := index.Search(request)
			if err != nil {
				return 0, err
			}
			return len(found.Hits), nil
		},
		close: func() { index.Close() },
	}, nil
}
