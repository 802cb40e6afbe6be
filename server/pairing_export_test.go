package server

import "context"

// MarkHead is what a running server does every now and then.
func (s *Server) MarkHead(ctx context.Context) error { return s.mark(ctx) }
