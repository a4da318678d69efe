#!/usr/bin/env node
import '../dist/pga2timetable.js';
