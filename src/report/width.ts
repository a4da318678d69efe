import widthOf from './string-width/index.cjs';

export { widthOf };
