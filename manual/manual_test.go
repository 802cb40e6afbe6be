package manual_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"hearth/docs"
	"hearth/manual"
)

func read(t *testing.T, files fs.FS) *manual.Manual {
	t.Helper()
	m, err := manual.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func small(page string) fs.FS {
	return fstest.MapFS{
		"README.md": {Data: []byte("# The manual\n\n| Page | For |\n|---|---|\n| [a.md](a.md) | Trying `things`. |\n\nMore.\n")},
		"a.md":      {Data: []byte(page)},
	}
}

// TestTheManualOfTheHouseIsRead whole: what it links to within itself is there.
func TestTheManualOfTheHouseIsRead(t *testing.T) {
	t.Parallel()
	m := read(t, docs.Pages)
	links := 0
	var walk func(c *manual.Chapter, list []manual.Inline)
	walk = func(c *manual.Chapter, list []manual.Inline) {
		for _, in := range list {
			walk(c, in.In)
			if in.Kind != manual.Link {
				continue
			}
			to, inside := strings.CutPrefix(in.Href, manual.Home+"/")
			if anchor, ok := strings.CutPrefix(in.Href, "#"); ok {
				to, inside = c.Name+"#"+anchor, true
			}
			if inside {
				links++
				if !m.Has(to) {
					t.Errorf("%s links to %s, which is not there", c.Name, in.Href)
				}
			}
		}
	}
	var blocks func(c *manual.Chapter, list []manual.Block)
	blocks = func(c *manual.Chapter, list []manual.Block) {
		for i := range list {
			b := &list[i]
			walk(c, b.Text)
			blocks(c, b.Blocks)
			for _, item := range b.Items {
				blocks(c, item.Blocks)
			}
			for _, row := range b.Rows {
				for _, cell := range row {
					walk(c, cell.Text)
				}
			}
		}
	}
	for _, c := range m.Chapters {
		if c.About == "" || len(c.Blocks) < 3 {
			t.Errorf("%s is empty", c.Name)
		}
		blocks(c, c.Blocks)
	}
	if len(m.Chapters) < 10 || links < 30 {
		t.Errorf("only %d chapters and %d links were seen", len(m.Chapters), links)
	}
}

func TestAPageBecomesBlocks(t *testing.T) {
	t.Parallel()
	m := read(t, small("# A *small* page\n\nSee [there](#the-end), [the list](README.md) and [more](../OTHER.md).\n\n- one\n- `two`\n\n```sh\nls\n```\n\n| x | y |\n|---|---|\n| `a\\|b` | 2 |\n\n## The end?\n\n## The end?\n"))
	c := m.Chapter("a")
	if c == nil || c.Title != "A small page" || c.About != "Trying things." {
		t.Fatalf("%+v", c)
	}
	kinds := []manual.BlockKind{manual.Title, manual.Paragraph, manual.List, manual.Code, manual.Table, manual.Title, manual.Title}
	if len(c.Blocks) != len(kinds) {
		t.Fatalf("%d blocks: %+v", len(c.Blocks), c.Blocks)
	}
	for i, kind := range kinds {
		if c.Blocks[i].Kind != kind {
			t.Errorf("block %d is a %s, not a %s", i, c.Blocks[i].Kind, kind)
		}
	}
	var hrefs []string
	for _, in := range c.Blocks[1].Text {
		if in.Kind == manual.Link {
			hrefs = append(hrefs, in.Href)
		}
	}
	if got := strings.Join(hrefs, " "); got != "#the-end /help" {
		t.Errorf("links lead to %s", got)
	}
	if got := c.Blocks[4].Rows[0][0].Text[0].Text; got != "a|b" {
		t.Errorf("a cell says %q", got)
	}
	if c.Blocks[5].ID != "the-end" || c.Blocks[6].ID != "the-end-1" {
		t.Errorf("anchors are %q and %q", c.Blocks[5].ID, c.Blocks[6].ID)
	}
	if !m.Has("a#the-end-1") || m.Has("a#nowhere") || m.Has("b") || !m.Has("a") {
		t.Error("what is there and what is not is mixed up")
	}
}

func TestMarkupAndPicturesAreRefused(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"# A\n\n<script>x()</script>\n", "# A\n\na <b>c</b>\n", "# A\n\n![x](y.png)\n", "no title\n"} {
		if _, err := manual.Read(small(page)); err == nil {
			t.Errorf("%q is taken", page)
		}
	}
}

func TestTheSearchFindsTheRightSectionFirst(t *testing.T) {
	t.Parallel()
	m := read(t, docs.Pages)
	for q, want := range map[string]string{
		"wildcards": "query#wildcards", "WILDCARD": "query#wildcards", "second factor recovery codes": "access#signing-in",
		"hearth doctor": "cli#hearth-doctor",
	} {
		found := m.Search(q, 5)
		if len(found) == 0 {
			t.Errorf("%q finds nothing", q)
			continue
		}
		if got := found[0].Chapter.Name + "#" + found[0].ID; got != want {
			t.Errorf("%q finds %s first, not %s", q, got, want)
		}
	}
	for _, q := range []string{"", "  ", "zyzzyva", "wildcard zyzzyva"} {
		if found := m.Search(q, 5); len(found) != 0 {
			t.Errorf("%q finds %d sections", q, len(found))
		}
	}
	if n := len(m.Search("the", 7)); n != 7 {
		t.Errorf("%d sections, not 7", n)
	}
}

// TestAnyAccentAndCaseIsFound: the rules of the house decide what a word is.
func TestAnyAccentAndCaseIsFound(t *testing.T) {
	t.Parallel()
	m := read(t, small("# Drinks\n\nA café in Zürich serves 咖啡 and ＭＩＬＫ.\n"))
	for _, q := range []string{"cafe", "CAFÉ", "zurich", "咖啡", "milk"} {
		found := m.Search(q, 3)
		if len(found) != 1 {
			t.Errorf("%q finds %d sections", q, len(found))
			continue
		}
		hit := false
		for _, p := range found[0].Excerpt {
			hit = hit || p.Hit
		}
		if !hit {
			t.Errorf("%q is not marked in %v", q, found[0].Excerpt)
		}
	}
}

func FuzzSearch(f *testing.F) {
	m, err := manual.Read(docs.Pages)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"coffee", "\x00", "\xff\xfe", "咖啡", strings.Repeat("a ", 500), "NEAR/5", "“"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, q string) {
		for _, found := range m.Search(q, 3) {
			if len(found.Excerpt) > 200 {
				t.Errorf("%q: an excerpt of %d pieces", q, len(found.Excerpt))
			}
		}
	})
}
