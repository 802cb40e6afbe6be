package manual

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// Index is the name of the page that lists all others.
const Index = "README"

// Home is where the manual stands among the pages of Hearth.
const Home = "/help"

// Manual is all chapters. It is safe for concurrent use.
type Manual struct {
	Chapters []*Chapter // as the index lists them

	byName map[string]*Chapter
	search *search
}

// Read reads the pages of a folder. Its error is a defect of a page.
func Read(files fs.FS) (*Manual, error) {
	index, err := readChapter(files, Index)
	if err != nil {
		return nil, err
	}
	m := &Manual{byName: map[string]*Chapter{}}
	for i := range index.Blocks {
		if index.Blocks[i].Kind != Table {
			continue
		}
		for _, row := range index.Blocks[i].Rows {
			c, err := listed(files, row)
			if err != nil {
				return nil, err
			}
			if m.byName[c.Name] != nil {
				return nil, fmt.Errorf("the index of the manual lists %s twice", c.Name)
			}
			m.byName[c.Name] = c
			m.Chapters = append(m.Chapters, c)
		}
		break
	}
	if len(m.Chapters) == 0 {
		return nil, fmt.Errorf("the index of the manual lists no pages")
	}
	m.search = newSearch(m.Chapters)
	return m, nil
}

// listed reads the chapter of a row of the index: a link, and what it is for.
func listed(files fs.FS, row []Cell) (*Chapter, error) {
	if len(row) < 2 || len(row[0].Text) == 0 || row[0].Text[0].Kind != Link {
		return nil, fmt.Errorf("a row of the manual's index does not begin with a link")
	}
	c, err := readChapter(files, strings.TrimPrefix(row[0].Text[0].Href, Home+"/"))
	if err != nil {
		return nil, err
	}
	c.About = plain(row[1].Text)
	return c, nil
}

// Chapter is the chapter of a name, or nil.
func (m *Manual) Chapter(name string) *Chapter { return m.byName[name] }

// Has says whether an address ("query#fields") leads to a heading.
func (m *Manual) Has(address string) bool {
	name, anchor, _ := strings.Cut(address, "#")
	c := m.byName[name]
	if c == nil {
		return false
	}
	for i := range c.Blocks {
		if anchor == "" || c.Blocks[i].ID == anchor {
			return true
		}
	}
	return false
}

// reader turns what goldmark parsed into blocks.
type reader struct {
	page   string
	source []byte
	ids    map[string]int
	err    error
}

func readChapter(files fs.FS, name string) (*Chapter, error) {
	source, err := fs.ReadFile(files, name+".md")
	if err != nil {
		return nil, fmt.Errorf("reading the manual: %w", err)
	}
	c := &Chapter{Name: name}
	if c.Blocks, err = Blocks(name, source); err != nil {
		return nil, err
	}
	for i := range c.Blocks {
		b := &c.Blocks[i]
		if b.Kind != Title {
			continue
		}
		if title := plain(b.Text); b.Level == 1 && c.Title == "" {
			c.Title = title
		} else if b.Level == 2 || b.Level == 3 {
			c.Contents = append(c.Contents, Heading{b.Level, b.ID, title, i})
		}
	}
	if c.Title == "" {
		return nil, fmt.Errorf("%s.md has no title", name)
	}
	return c, nil
}

// Blocks reads a page of Markdown that is no chapter, such as the card of a model. Its
// error names the page and is a defect of it.
func Blocks(name string, source []byte) ([]Block, error) {
	r := &reader{page: name, source: source, ids: map[string]int{}}
	root := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify)).Parser().Parse(text.NewReader(source))
	list := r.blocks(root)
	return list, r.err
}

func (r *reader) refuse(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s.md holds %s, which the manual does not show", r.page, what)
	}
}

func (r *reader) blocks(parent ast.Node) (list []Block) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			b := Block{Kind: Title, Level: n.Level, Text: r.inlines(n)}
			b.ID = r.anchor(string(n.Lines().Value(r.source)))
			list = append(list, b)
		case *ast.Paragraph, *ast.TextBlock:
			list = append(list, Block{Kind: Paragraph, Text: r.inlines(n)})
		case *ast.FencedCodeBlock:
			lang, _, _ := strings.Cut(string(n.Language(r.source)), " ")
			list = append(list, Block{Kind: Code, Code: string(n.Lines().Value(r.source)), Lang: lang})
		case *ast.CodeBlock:
			list = append(list, Block{Kind: Code, Code: string(n.Lines().Value(r.source))})
		case *ast.List:
			b := Block{Kind: List, Ordered: n.IsOrdered(), Start: n.Start}
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				b.Items = append(b.Items, Item{r.blocks(item)})
			}
			list = append(list, b)
		case *ast.Blockquote:
			list = append(list, Block{Kind: Quote, Blocks: r.blocks(n)})
		case *ast.ThematicBreak:
			list = append(list, Block{Kind: Rule})
		case *tables.Table:
			list = append(list, r.table(n))
		default:
			r.refuse("a " + n.Kind().String())
		}
	}
	return list
}

func (r *reader) table(n *tables.Table) Block {
	b := Block{Kind: Table}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []Cell
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, Cell{r.inlines(cell)})
		}
		if row.Kind() == tables.KindTableHeader {
			b.Head = cells
		} else {
			b.Rows = append(b.Rows, cells)
		}
	}
	return b
}

func (r *reader) inlines(parent ast.Node) (list []Inline) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			s := unescaped(string(n.Value(r.source)))
			if n.SoftLineBreak() || n.HardLineBreak() {
				s += "\n"
			}
			list = append(list, Inline{Kind: Plain, Text: s})
		case *ast.String:
			list = append(list, Inline{Kind: Plain, Text: string(n.Value)})
		case *ast.CodeSpan:
			list = append(list, Inline{Kind: Verbatim, Text: r.verbatim(n)})
		case *ast.Emphasis:
			kind := Emphasis
			if n.Level == 2 {
				kind = Strong
			}
			list = append(list, Inline{Kind: kind, In: r.inlines(n)})
		case *ast.Link:
			href, ok := address(string(n.Destination))
			if !ok { // to a file that is not part of the manual
				list = append(list, r.inlines(n)...)
				continue
			}
			list = append(list, Inline{Kind: Link, Href: href, In: r.inlines(n)})
		case *ast.AutoLink:
			href := string(n.URL(r.source))
			list = append(list, Inline{Kind: Link, Href: href, In: []Inline{{Kind: Plain, Text: href}}})
		default:
			r.refuse("a " + n.Kind().String())
		}
	}
	return list
}

func (r *reader) verbatim(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Value(r.source))
		}
	}
	return strings.ReplaceAll(b.String(), `\|`, "|") // as tables need it
}

var escape = regexp.MustCompile("\\\\([!-/:-@[-`{-~])")

// unescaped is a text without the backslashes that keep signs from meaning
// something.
func unescaped(s string) string { return escape.ReplaceAllString(s, "$1") }

// address is where a link of the manual leads among the pages; false: nowhere.
func address(to string) (string, bool) {
	if strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "#") || strings.HasPrefix(to, "/") {
		return to, true
	}
	file, anchor, found := strings.Cut(to, "#")
	if path.Base(file) != file || path.Ext(file) != ".md" {
		return "", false
	}
	at := Home + "/" + strings.TrimSuffix(file, ".md")
	if file == Index+".md" {
		at = Home
	}
	if found {
		at += "#" + anchor
	}
	return at, true
}

var dropped = regexp.MustCompile("[^a-z0-9 _-]")

// anchor is the name of a heading: that which GitHub gives it, so that links
// lead to the same place here and there.
func (r *reader) anchor(title string) string {
	id := strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), ""), " ", "-")
	n := r.ids[id]
	r.ids[id]++
	if n > 0 {
		return fmt.Sprintf("%s-%d", id, n)
	}
	return id
}

// plain is the text of pieces.
func plain(list []Inline) string {
	var b strings.Builder
	for _, in := range list {
		b.WriteString(in.Text)
		b.WriteString(plain(in.In))
	}
	return b.String()
}
