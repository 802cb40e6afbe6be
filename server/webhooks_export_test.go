package server

import (
	"log/slog"
	"net/http"
)

// NewHookHandler is what answers on the listener for webhooks.
func NewHookHandler(to deliverer, full func() bool) http.Handler {
	return newHookHandler(to, slog.New(slog.DiscardHandler), full)
}
