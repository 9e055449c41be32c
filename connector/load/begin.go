package load

// begin asks [Config.Begin] about the streams that are new among these records.
// A record that was rejected by its schema has told its stream's plan nothing.
func (r *run) begin(entries []entry) error {
	var fresh []*Stream
	for i := range entries {
		e := &entries[i]
		if s := e.stream; !s.begun && (e.reject == nil || e.reject.Code != CodeSchemaViolation) {
			s.begun = true
			fresh = append(fresh, s)
		}
	}
	if len(fresh) == 0 || r.Begin == nil {
		return nil
	}
	for _, s := range r.Streams {
		s.mapping.Lock()
		defer s.mapping.Unlock()
	}
	return r.Begin(fresh)
}
