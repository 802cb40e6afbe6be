package monitor

import (
	"cmp"
	"database/sql"
	"encoding/binary"
	"slices"
	"strings"

	"hearth"
	"hearth/db"
	"hearth/query"
	"hearth/text"
)

// nameKind is what a name is of.
type nameKind int

const (
	authorName nameKind = iota + 1
	hashtagName
	hostName
	addressName
)

// kindBits is how many low bits of a name's number say its kind, so that tiles
// are read without looking names up.
const kindBits = 3

func kindOf(id int64) nameKind { return nameKind(id & (1<<kindBits - 1)) }

// Bounds of the names of one post. What is beyond them is not counted by name.
const (
	mostTagsOfPost  = 64
	mostLinksOfPost = 64
	mostNameBytes   = 1024
)

// name is an author, a hashtag, a host or an address. Its text is what the query
// language compares, so that a query can ask for it again.
type name struct {
	workspace     hearth.WorkspaceID
	kind          nameKind
	network, text string
}

// handleSign begins the text of an author who has no id, only a handle or name.
const handleSign = "@"

// namer finds the names of posts. One goroutine may use it.
type namer struct {
	doc  text.Doc
	list []labelled
}

type labelled struct {
	name
	label string
}

// of is the names of a post, each once. The list is good until the next call.
func (n *namer) of(ws hearth.WorkspaceID, p *hearth.Post) []labelled {
	n.list = n.list[:0]
	if text, label := authorOf(p); text != "" {
		n.add(name{ws, authorName, p.Network, text}, label)
	}
	n.hashtags(ws, p)
	for _, link := range p.Links[:min(len(p.Links), mostLinksOfPost)] {
		address, host := query.Address(link)
		if host == "" {
			continue
		}
		n.add(name{ws, hostName, "", host}, host)
		n.add(name{ws, addressName, "", address}, address)
	}
	return n.list
}

func (n *namer) add(one name, label string) {
	if one.text == "" || len(one.text) > mostNameBytes {
		return
	}
	if !slices.ContainsFunc(n.list, func(l labelled) bool { return l.name == one }) {
		n.list = append(n.list, labelled{one, label})
	}
}

// authorOf is by which text an author counts, and what people call them.
func authorOf(p *hearth.Post) (text, label string) {
	label = cmp.Or(p.Author.Handle, p.Author.Name, p.Author.ID)
	if p.Author.ID != "" {
		return p.Author.ID, label
	}
	if key := query.Key(query.FieldAuthor, cmp.Or(p.Author.Handle, p.Author.Name)); key != "" {
		return handleSign + key, label
	}
	return "", ""
}

// hashtags adds those of title, text and the network's list.
func (n *namer) hashtags(ws hearth.WorkspaceID, p *hearth.Post) {
	query.AddPost(&n.doc, p)
	from := len(n.list)
	for i := range n.doc.Streams {
		s := &n.doc.Streams[i]
		if s.Field == text.Alt {
			continue
		}
		for k := s.FirstTag; k < s.EndTag && len(n.list)-from < mostTagsOfPost; k++ {
			if tag := &n.doc.Tags[k]; tag.Kind == text.Hashtag {
				key := string(n.doc.PlainName(tag))
				n.add(name{ws, hashtagName, "", key}, "#"+key)
			}
		}
	}
	for _, s := range p.Hashtags {
		if len(n.list)-from >= mostTagsOfPost {
			return
		}
		key := query.Key(query.FieldHashtag, s)
		key = cmp.Or(text.Plain(key), key)
		n.add(name{ws, hashtagName, "", key}, "#"+key)
	}
}

// names gives names their numbers within one transaction, and keeps how many
// counted versions have each. What nobody has any more is forgotten at once, so
// that an erased author's name is gone with the last post.
type names struct {
	tx       *db.Tx
	namer    *namer
	last     map[hearth.WorkspaceID]int64 // highest number given
	ids      map[name]int64
	lists    map[*hearth.Post][]labelled // of posts that put will be given
	labelled map[nameID]labelled         // by put
	moved    map[nameID]int64
}

type nameID struct {
	workspace hearth.WorkspaceID
	id        int64
}

func newNames(tx *db.Tx, n *namer) *names {
	return &names{tx: tx, namer: n, last: map[hearth.WorkspaceID]int64{}, ids: map[name]int64{},
		lists: map[*hearth.Post][]labelled{}, labelled: map[nameID]labelled{}, moved: map[nameID]int64{}}
}

// expect finds the names of a post that put will be given.
func (ns *names) expect(ws hearth.WorkspaceID, p *hearth.Post) {
	ns.lists[p] = slices.Clone(ns.namer.of(ws, p))
}

// nameRows is how many names are looked up at once.
const nameRows = 4096

// look finds the numbers of all names that are expected, in a few statements.
func (ns *names) look() error {
	type group struct {
		workspace hearth.WorkspaceID
		kind      nameKind
		network   string
	}
	asked := map[name]bool{}
	groups := map[group]db.Texts{}
	for _, list := range ns.lists {
		for i := range list {
			n := list[i].name
			if _, known := ns.ids[n]; !known && !asked[n] {
				asked[n] = true
				g := group{n.workspace, n.kind, n.network}
				groups[g] = append(groups[g], n.text)
			}
		}
	}
	const find = `
		SELECT list.column1, (SELECT id FROM name WHERE workspace_id = ? AND kind = ? AND network = ? AND text = list.column1)
		FROM (?...) AS list`
	for g, texts := range groups {
		for part := range slices.Chunk(texts, nameRows) {
			rows, err := ns.tx.Query(find, g.workspace, g.kind, g.network, part)
			if err != nil {
				return err
			}
			err = db.EachRow(rows, func() error {
				var text string
				var id sql.NullInt64
				err := rows.Scan(&text, &id)
				if id.Valid {
					ns.ids[name{g.workspace, g.kind, g.network, text}] = id.Int64
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// put notes that a version has the names of a post, and gives their numbers,
// rising.
func (ns *names) put(ws hearth.WorkspaceID, p *hearth.Post) ([]int64, error) {
	list, expected := ns.lists[p]
	if !expected {
		ns.expect(ws, p)
		if err := ns.look(); err != nil {
			return nil, err
		}
		list = ns.lists[p]
	}
	delete(ns.lists, p)
	var ids []int64
	for i := range list {
		l := &list[i]
		id, ok := ns.ids[l.name]
		if !ok {
			var err error
			if id, err = ns.fresh(&l.name); err != nil {
				return nil, err
			}
			ns.ids[l.name] = id
		}
		ns.labelled[nameID{ws, id}] = *l
		ns.moved[nameID{ws, id}]++
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, nil
}

// fresh is a number for a new name.
func (ns *names) fresh(n *name) (int64, error) {
	last, ok := ns.last[n.workspace]
	if !ok {
		if err := ns.tx.QueryRow(`SELECT coalesce(max(id), 0) FROM name WHERE workspace_id = ?`, n.workspace).Scan(&last); err != nil {
			return 0, err
		}
	}
	id := (last>>kindBits+1)<<kindBits | int64(n.kind)
	ns.last[n.workspace] = id
	return id, nil
}

// take notes that a version with names is gone.
func (ns *names) take(ws hearth.WorkspaceID, ids []int64) {
	for _, id := range ids {
		ns.moved[nameID{ws, id}]--
	}
}

// flush writes what moved.
func (ns *names) flush() error {
	list := make([]nameID, 0, len(ns.moved))
	for k, by := range ns.moved {
		if by != 0 {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b nameID) int {
		return cmp.Or(cmp.Compare(a.workspace, b.workspace), cmp.Compare(a.id, b.id))
	})
	var more []any
	for _, k := range list {
		if l, ok := ns.labelled[k]; ok && ns.moved[k] > 0 {
			more = append(more, k.workspace, k.id, l.kind, l.network, l.text, strings.ToValidUTF8(l.label, "\uFFFD"), ns.moved[k])
			continue
		}
		var posts int64
		err := ns.tx.QueryRow(`UPDATE name SET posts = posts + ? WHERE workspace_id = ? AND id = ? RETURNING posts`, ns.moved[k], k.workspace, k.id).Scan(&posts)
		if err != nil {
			return err
		}
		if posts > 0 {
			continue
		}
		if _, err := ns.tx.Exec(`DELETE FROM name WHERE workspace_id = ? AND id = ?`, k.workspace, k.id); err != nil {
			return err
		}
	}
	_, err := ns.tx.Many(`
		INSERT INTO name (workspace_id, id, kind, network, text, label, posts) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, id) DO UPDATE SET posts = name.posts + excluded.posts, label = excluded.label`, more)
	return err
}

// packIDs writes rising numbers.
func packIDs(ids []int64) []byte {
	b := []byte{}
	var last int64
	for _, id := range ids {
		b = binary.AppendUvarint(b, uint64(id-last))
		last = id
	}
	return b
}

func unpackIDs(b []byte) ([]int64, error) {
	var ids []int64
	var last int64
	for len(b) > 0 {
		step, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, hearth.Errorf(hearth.Damaged, "The names of a counted post cannot be read. Rebuild the counts.")
		}
		last += int64(step)
		ids, b = append(ids, last), b[n:]
	}
	return ids, nil
}
