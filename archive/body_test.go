package archive

import (
	"math/rand/v2"
	"testing"
)

func FuzzOpenBody(f *testing.F) {
	p, err := newPacker()
	if err != nil {
		f.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 4 {
		c := inventedContent(r)
		f.Add(appendContent(nil, &c))
		c.base = markedOf(&c.post)
		f.Add(appendContent(nil, &c))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		body := p.table.Pack([]byte{packedBody}, plain)
		var c content
		if p.unpack(body, &c) != nil {
			body[0] = annotatedBody
			if p.unpack(body, &c) != nil {
				return
			}
		}
		again, _ := p.pack(nil, nil, &c)
		var back content
		if err := p.unpack(again, &back); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if string(appendContent(nil, &c)) != string(appendContent(nil, &back)) {
			t.Fatal("what was read is written differently")
		}
	})
}
