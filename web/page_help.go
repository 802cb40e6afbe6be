package web

import (
	"hearth"
	"hearth/manual"
)

// helpPage is a chapter of the manual, or its index.
type helpPage struct {
	Asked    string
	Found    []helpFound
	Chapters []helpChapter // of the index

	Chapter *manual.Chapter
	Before  *manual.Chapter
	After   *manual.Chapter
}

// helpChapter is a line of the list of chapters.
type helpChapter struct {
	*manual.Chapter
	Here bool
}

// helpFound is a section that answers a search.
type helpFound struct {
	Href    string
	Chapter string
	Title   string
	Excerpt []manual.Piece
}

// mostFound is how many sections a search of the manual shows.
const mostFound = 20

func (web *Web) findHelp(q string, limit int) (list []helpFound, err error) {
	book, err := web.manual()
	if err != nil {
		return nil, err
	}
	for _, f := range book.Search(q, limit) {
		href := manual.Home + "/" + f.Chapter.Name
		if f.ID != "" {
			href += "#" + f.ID
		}
		list = append(list, helpFound{href, f.Chapter.Title, f.Title, f.Excerpt})
	}
	return list, nil
}

// help is the list of chapters, and the search of the manual.
func (web *Web) help(v *visit) error {
	book, err := web.manual()
	if err != nil {
		return err
	}
	p := &helpPage{Asked: shorten(longestHelp, v.query("q"))}
	if p.Found, err = web.findHelp(v.query("q"), mostFound); err != nil {
		return err
	}
	if v.part() {
		return v.block(200, "help", "found", p)
	}
	p.Chapters = chaptersOf(book, "")
	return v.show("help", v.say("nav.help"), p)
}

// longestHelp is how much of a search is shown again.
const longestHelp = 200

func chaptersOf(book *manual.Manual, here string) (list []helpChapter) {
	for _, c := range book.Chapters {
		list = append(list, helpChapter{c, c.Name == here})
	}
	return list
}

// helpChapter shows a chapter.
func (web *Web) helpChapter(v *visit) error {
	book, err := web.manual()
	if err != nil {
		return err
	}
	c := book.Chapter(v.r.PathValue("chapter"))
	if c == nil {
		return hearth.Errorf(hearth.NotFound, "The manual has no such chapter. Look at the list of chapters, or search it.")
	}
	p := &helpPage{Chapter: c, Chapters: chaptersOf(book, c.Name)}
	for i, other := range book.Chapters {
		if other != c {
			continue
		}
		if i > 0 {
			p.Before = book.Chapters[i-1]
		}
		if i+1 < len(book.Chapters) {
			p.After = book.Chapters[i+1]
		}
	}
	return v.show("help", c.Title, p)
}
