// Package manual reads the manual of docs/ for showing it: chapters as trees of
// blocks, and a search over their sections.
//
// It hands out text and structure, never markup: whoever shows a chapter writes
// the elements itself, so nothing of a page can become more than text. What
// Markdown can do beyond headings, paragraphs, lists, tables, code, quotes and
// links (raw HTML, pictures) is refused by Read.
//
// The search cuts words by the rules of the house (package text): case, accents
// and forms of letters do not matter, every script is searched by the units that
// queries are made of. A word finds those that begin with it, too.
package manual

// Chapter is one page of the manual. It is never changed once read.
type Chapter struct {
	Name     string // the file without its ending: "query"
	Title    string
	About    string // what it is for, as the index says
	Blocks   []Block
	Contents []Heading // the headings of levels 2 and 3
}

// Heading is a place within a chapter.
type Heading struct {
	Level      int
	ID, Title  string
	FirstBlock int // of the chapter's blocks
}

// BlockKind says what a block is.
type BlockKind string

const (
	Title     BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	Code      BlockKind = "code"
	List      BlockKind = "list"
	Quote     BlockKind = "quote"
	Table     BlockKind = "table"
	Rule      BlockKind = "rule"
)

// Block is a stretch of a chapter that begins a line of its own.
type Block struct {
	Kind    BlockKind
	Level   int    // of a heading, 1 to 6
	ID      string // of a heading: its anchor
	Text    []Inline
	Code    string  // with its line ends
	Lang    string  // the first word behind ```
	Ordered bool    // of a list
	Start   int     // number of an ordered list's first item
	Items   []Item  // of a list
	Blocks  []Block // of a quote
	Head    []Cell
	Rows    [][]Cell
}

// Item is an item of a list.
type Item struct{ Blocks []Block }

// Cell is a cell of a table.
type Cell struct{ Text []Inline }

// InlineKind says what a piece of a line is.
type InlineKind string

const (
	Plain    InlineKind = "text"
	Verbatim InlineKind = "code"
	Emphasis InlineKind = "emphasis"
	Strong   InlineKind = "strong"
	Link     InlineKind = "link"
)

// Inline is a piece of a line.
type Inline struct {
	Kind InlineKind
	Text string   // of text and code
	Href string   // of a link: "/help/NAME#ANCHOR", "#ANCHOR", a page of Hearth or an address elsewhere
	In   []Inline // what a link, an emphasis and a strong piece hold
}
