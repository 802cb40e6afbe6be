package bluesky

import (
	"net/url"
	"strings"

	"hearth"
	"hearth/network"
)

// The public hosts, as of networks.md section 2.
const (
	publicHosts = "wss://jetstream1.us-east.bsky.network,wss://jetstream2.us-east.bsky.network," +
		"wss://jetstream1.us-west.bsky.network,wss://jetstream2.us-west.bsky.network"
	publicAppView = "https://public.api.bsky.app"
	publicPDS     = "https://bsky.social"
)

// Network is Bluesky.
func Network() network.Network {
	return network.Network{
		Name:  Name,
		Title: "Bluesky",
		Fields: []network.Field{
			{
				Name: "endpoint", Title: "Jetstream hosts", Default: publicHosts, Check: checkEndpoints,
				Help: "Addresses of Jetstream hosts, separated by commas; the next one is tried when one does not answer.",
			},
			{
				Name: "protocol", Title: "Jetstream version", Default: "auto", Choices: []string{"auto", "v2", "v1"},
				Help: "Version 2 counts events and notices every gap; auto takes version 1 only where a host has no other.",
			},
			{
				Name: "compression", Title: "Compression", Default: "off", Choices: []string{"off", "on"},
				Help: "Compressed frames take less than half the bandwidth and more of the processor.",
			},
			{
				Name: "dictionary", Title: "Dictionary file for version 1",
				Help: "File with the zstd dictionary that version 1 compresses with; without it version 1 is not compressed.",
			},
			{
				Name: "appview", Title: "AppView", Default: publicAppView, Check: checkAppView,
				Help: "Address of the server that is asked for the handles of authors.",
			},
			{
				Name: "authors", Title: "Accounts by handle", Check: func(v string) error { _, err := parseWatched(v); return err },
				Help: "Handles of accounts, separated by commas, whose posts are to come with their handles at once; those that monitors name by author:HANDLE do anyway.",
			},
			{
				Name: "identifier", Title: "Handle", Check: func(v string) error { _, err := parseWatched(v); return err },
				Help: "Handle of a Bluesky account, like acme.bsky.social; needed only to find older posts.",
			},
			{
				Name: "password", Title: "App password", Secret: true,
				Help: "An app password of that account, from its settings; not the account's own password.",
			},
			{
				Name: "pds", Title: "Account's server", Default: publicPDS, Check: func(v string) error { _, err := parsePDS(v); return err },
				Help: "Address of the server on which that account lives.",
			},
		},
		Stream:   stream,
		Complete: complete,
		Nameless: nameless,
		Search:   search,
		Decode:   decodeAgain,
	}
}

func checkEndpoints(value string) error {
	for _, s := range strings.Split(value, ",") {
		if _, err := parseEndpoint(s); err != nil {
			return err
		}
	}
	return nil
}

func checkAppView(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return hearth.Errorf(hearth.Invalid, "%q is not an address like %s.", value, publicAppView)
	}
	return nil
}
