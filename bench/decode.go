package main

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/bytedance/sonic"
	"github.com/valyala/fastjson"

	"hearth/network"
	"hearth/network/bluesky"
)

// frame is a Jetstream v1 event as a program would write it down for a JSON
// library: the members that a post is made of.
type frame struct {
	DID    string `json:"did"`
	TimeUS int64  `json:"time_us"`
	Kind   string `json:"kind"`
	Commit struct {
		Rev        string `json:"rev"`
		Operation  string `json:"operation"`
		Collection string `json:"collection"`
		RKey       string `json:"rkey"`
		CID        string `json:"cid"`
		Record     struct {
			Type      string    `json:"$type"`
			Text      string    `json:"text"`
			CreatedAt time.Time `json:"createdAt"`
			Langs     []string  `json:"langs"`
			Tags      []string  `json:"tags"`
			Reply     *struct {
				Root   reference `json:"root"`
				Parent reference `json:"parent"`
			} `json:"reply"`
			Facets []struct {
				Features []struct {
					Type string `json:"$type"`
					URI  string `json:"uri"`
					Tag  string `json:"tag"`
					DID  string `json:"did"`
				} `json:"features"`
			} `json:"facets"`
			Embed *struct {
				Type   string `json:"$type"`
				Images []struct {
					Alt string `json:"alt"`
				} `json:"images"`
				External *struct {
					URI   string `json:"uri"`
					Title string `json:"title"`
				} `json:"external"`
				Record *reference `json:"record"`
			} `json:"embed"`
		} `json:"record"`
	} `json:"commit"`
}

type reference struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

var errNoText = errors.New("a frame had no text")

func decodeFrames(s *sheet) error {
	lines := frames(4_000, 10_000)
	each := func(f func(line string) (text string, err error)) func() (int, error) {
		return func() (int, error) {
			for _, line := range lines {
				text, err := f(line)
				if err != nil {
					return 0, err
				}
				if text == "" {
					return 0, errNoText
				}
			}
			return len(lines), nil
		}
	}
	var decoder bluesky.Decoder
	var ev network.Event
	s.contest("Hearth", "to a whole post: links, tags, mentions, media, thread", each(func(line string) (string, error) {
		ev = network.Event{Post: ev.Post}
		_, err := decoder.Decode(line, &ev)
		return ev.Post.Text, err
	}))
	s.contest("encoding/json", "to a struct of the same members", each(func(line string) (string, error) {
		var f frame
		err := json.Unmarshal([]byte(line), &f)
		return f.Commit.Record.Text, err
	}))
	s.contest("sonic", "to the same struct", each(func(line string) (string, error) {
		var f frame
		err := sonic.UnmarshalString(line, &f)
		return f.Commit.Record.Text, err
	}))
	var parser fastjson.Parser
	s.contest("fastjson", "to its tree; six members read", each(func(line string) (string, error) {
		v, err := parser.Parse(line)
		if err != nil {
			return "", err
		}
		for _, path := range [][]string{{"did"}, {"time_us"}, {"kind"}, {"commit", "rkey"}, {"commit", "record", "createdAt"}} {
			v.Get(path...)
		}
		return string(v.GetStringBytes("commit", "record", "text")), nil
	}))
	return nil
}
